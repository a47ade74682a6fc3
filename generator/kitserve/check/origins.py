"""The value that a field of a rendered object comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kitserve.check import llm_origins
from kitserve.crds.lookup import at, items, maps, text
from kitserve.problems import Path, known
from kitserve.render.manifests.inferenceservice import ANNOTATED, OPEN_PARTS, UNPACKING
from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.values.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    Data = dict[str, Any]

SERVICES, DEFAULTS, GROUPS = "inferenceServices", "inferenceServiceDefaults", "serviceGroups"
LLM_SERVICES = "llmInferenceServices"
Keys = Mapping[tuple[str, str, str], str]
"""By kind, namespace and name of an object the key of the service that is called otherwise than its key."""
_ANNOTATIONS: dict[str | int, Path] = {
    **{annotation: (key,) for annotation, key in ANNOTATED.items()},
    **{f"{DOMAIN}/{annotation}": ("unpacking", key) for key, annotation in UNPACKING.items()},
}
_OTHER_PARTS = (*OPEN_PARTS, "canary")
SHARED = (DEFAULTS, GROUPS)
"""What several services have in common."""
_METADATA, _PREDICTOR, _CONTAINER = ("metadata",), ("spec", "predictor"), ("spec", "container")
_IMAGES: Path = ("spec", "template", "spec", "volumes")
"""A prefetched image, by the volume that names it."""
_STORAGE_URIS: Path = (*_PREDICTOR, "storageUris")
_SERVICE, _CLAIM = "InferenceService", "PersistentVolumeClaim"
_EMPTY: tuple[object, ...] = ("", [], {}, None)
_COMMON = {"labels": "commonLabels", "annotations": "commonAnnotations"}
_CACHES = {"sourceModelUri": "uri", "modelSize": "size"}


def origin(values: Data, item: Data, path: Path, number: int, keys: Keys) -> Path:
    """Return the path of the value that a field comes from, or would be written at; empty if there is none.

    `number` is the object's index among `extraObjects`, below zero for any other.
    """
    if number >= 0:
        return ("extraObjects", number, *path)
    candidates = list(_candidates(values, item, path, keys))
    if whole := next((candidate for candidate in candidates if _is_given(values, candidate)), ()):
        return whole
    likely = [candidate for candidate in candidates if known(values, candidate) >= len(candidate) - 1]
    likely.sort(key=lambda candidate: (candidate[0] in SHARED, not _is_given(values, candidate[:-1])))
    return likely[0] if likely else ()


def _is_given(values: Data, path: Path) -> bool:
    """Return whether there is something at a path: what is empty is rendered to nothing."""
    return known(values, path) == len(path) and not _is_empty(at(values, path))


def _is_empty(value: object) -> bool:
    return value in _EMPTY or (isinstance(value, dict) and all(map(_is_empty, value.values())))


def base(item: Data, number: int, keys: Keys) -> Path:
    """Return the path of the values that an object is made from."""
    name = text(item, ("metadata", "name"))
    # A hash ends the claim's name.
    service = name.rpartition("-")[0] if item["kind"] == _CLAIM else name
    kind = _SERVICE if item["kind"] == _CLAIM else item["kind"]
    key = keys.get((kind, text(item, ("metadata", "namespace")), service), service)
    bases: dict[str, Path] = {
        _SERVICE: (SERVICES, key),
        "LLMInferenceService": (LLM_SERVICES, key),
        "DaemonSet": ("imageVolumes", "prefetch", name),
        "ServiceAccount": ("serviceAccounts", name),
        "LocalModelNodeGroup": ("localModels", "nodeGroups", name),
        # A part of the URI's sha256 ends the object's name.
        "LocalModelCache": ("localModels", "caches", name.rpartition("-")[0]),
        _CLAIM: (SERVICES, key, "modelVolume"),
        "ClusterStorageContainer": ("clusterStorageContainer",),
        "Secret": ("credentials",),
        "ConfigMap": ("tls",),
    }
    return ("extraObjects", number) if number >= 0 else bases.get(item["kind"], ())


def shared_by(values: Data, own: Path) -> tuple[Path, ...]:
    """Return the paths of the values that a service shares with others: its group's, which win, and all's."""
    group = text(values, (*own[:2], "group"))
    found = ((GROUPS, group),) if group else ()
    return (*found, (DEFAULTS,)) if own[:1] == (SERVICES,) else found


def _candidates(values: Data, item: Data, path: Path, keys: Keys) -> Iterator[Path]:
    """Yield the values that may make a field, the one that wins first."""
    own = base(item, -1, keys)
    entries = (own, *shared_by(values, own)) if item["kind"] != _CLAIM else (own,)
    if item["kind"] == _SERVICE:
        yield from _of_service(entries, _listed(values, entries, item, path))
    elif item["kind"] == "LLMInferenceService":
        yield from llm_origins.candidates(values, entries, item, path)
    elif item["kind"] == "ClusterStorageContainer":
        yield from _of_storage_container(values, item, path)
    elif item["kind"] == "DaemonSet" and path[:4] == _IMAGES:
        yield (*own, "uri")
    elif item["kind"] == "LocalModelCache" and path[:1] == ("spec",):
        yield (*own, *(_CACHES.get(str(step), step) for step in path[1:2]), *path[2:])
    elif item["kind"] == "ConfigMap":
        yield from _of_authorities(path)
    yield from ((*own, *path[1:]), (*own, *path))
    if path[:1] == _METADATA and len(path) > 1 and path[1] in _COMMON:
        yield (_COMMON[str(path[1])], *path[2:])
    if path[:2] == ("metadata", "name"):
        yield own


def _of_service(entries: tuple[Path, ...], path: Path) -> Iterator[Path]:
    """Yield the values of a service: its open `predictor` wins over the typed values, its entry over what it shares."""
    if path[:2] == _PREDICTOR and len(path) > 2:
        rest = path[2:]
        yield from ((*entry, "predictor", *rest) for entry in entries if entry)
        yield from ((*entry, *_typed(rest)) for entry in entries)
        if rest[0] == "volumes" or rest[:2] == ("model", "volumeMounts"):
            yield from ((*entry, key) for entry in entries for key in ("storageUri", "storageUris"))
        if rest[0] == "imagePullSecrets":
            yield rest
    elif path[:1] == ("spec",) and len(path) > 1 and path[1] in _OTHER_PARTS:
        yield from ((*entry, *path[1:]) for entry in entries)
        yield from ((*entry, *path[2:]) for entry in entries if path[2:3] == ("serviceAccountName",))
    elif path[:2] == ("metadata", "annotations") and len(path) > 2:
        yield from ((*entry, *path[1:]) for entry in entries)
        yield from ((*entry, *_ANNOTATIONS[path[2]]) for entry in entries if path[2] in _ANNOTATIONS)
    elif path[:1] == _METADATA:
        yield from ((*entry, *path[1:]) for entry in entries)
    else:
        yield from ((*entry, *path[2:]) for entry in entries)


def _listed(values: Data, entries: tuple[Path, ...], item: Data, path: Path) -> Path:
    """Return a path with the number of its model in the values, which list what the predictor mounts itself too."""
    if path[:3] != _STORAGE_URIS or len(path) < 4:
        return path
    uri = text(item, (*path[:4], "uri"))
    for entry in entries:
        for place, source in maps(values, (*entry, "storageUris")):
            if source.get("uri") == uri:
                return (*_STORAGE_URIS, place[-1], *path[4:])
    return path


def _typed(rest: Path) -> Path:
    """Return the typed value of a field of `spec.predictor`."""
    if rest[0] != "model" or len(rest) == 1:
        return rest
    return ("storageKey",) if rest[1] == "storage" else rest[1:]


def _of_storage_container(values: Data, item: Data, path: Path) -> Iterator[Path]:
    section = "clusterStorageContainer"
    if text(item, ("metadata", "name")) == text(values, ("localModels", "name")):
        section = "localModels"
    if path[:2] == ("metadata", "name"):
        yield (section, "name")
    elif path[:2] == ("spec", "supportedUriFormats"):
        yield ("clusterStorageContainer", "prefixes", *path[2:3])
    elif path[:3] == (*_CONTAINER, "env") and len(path) > 3 and isinstance(path[3], int):
        yield from _of_variable(values, item, path[3], path[4:])
    elif path[:2] == _CONTAINER:
        yield path[2:]
    yield ("clusterStorageContainer", *path[1:])


def _of_authorities(path: Path) -> Iterator[Path]:
    """Yield the value that makes a field of the ConfigMap of authorities."""
    if path[:1] == ("data",):
        yield ("tls", "caBundle")
    elif path[:2] == ("metadata", "name"):
        yield ("tls", "caConfigMapName")


def _of_variable(values: Data, item: Data, index: int, rest: Path) -> Iterator[Path]:
    """Yield the values that set a variable: its own, or one of `extraEnv`."""
    variable = items(item, (*_CONTAINER, "env"))[index]
    name = variable.get("name") if isinstance(variable, dict) else None
    for number, extra in enumerate(items(values, ("extraEnv",))):
        if isinstance(extra, dict) and extra.get("name") == name:
            yield ("extraEnv", number, *rest)
    yield from (each.value for each in variables() if each.name == name)
