"""The value that a field of a rendered object comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.check import llm_origins
from kitserve.crds.lookup import at, items, maps, text
from kitserve.problems import Path, known
from kitserve.render.manifests.inferenceservice import ANNOTATED, UNPACKING
from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.values.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    Data = dict[str, Any]

SERVICES, DEFAULTS = "inferenceServices", "inferenceServiceDefaults"
LLM_SERVICES = "llmInferenceServices"
_ANNOTATIONS: dict[str | int, Path] = {
    **{annotation: (key,) for annotation, key in ANNOTATED.items()},
    **{f"{DOMAIN}/{annotation}": ("unpacking", key) for key, annotation in UNPACKING.items()},
}
_METADATA, _PREDICTOR, _CONTAINER = ("metadata",), ("spec", "predictor"), ("spec", "container")
_IMAGES: Path = ("spec", "template", "spec", "volumes")
"""A prefetched image, by the volume that names it."""
_STORAGE_URIS: Path = (*_PREDICTOR, "storageUris")
_EMPTY: tuple[object, ...] = ("", [], {}, None)
_COMMON = {"labels": "commonLabels", "annotations": "commonAnnotations"}
_CACHES = {"sourceModelUri": "uri", "modelSize": "size"}


def origin(values: Data, item: Data, path: Path, number: int) -> Path:
    """Return the path of the value that a field comes from, or would be written at; empty if there is none.

    `number` is the object's index among `extraObjects`, below zero for any other.
    """
    if number >= 0:
        return ("extraObjects", number, *path)
    candidates = list(_candidates(values, item, path))
    if whole := next((candidate for candidate in candidates if _is_given(values, candidate)), ()):
        return whole
    likely = [candidate for candidate in candidates if known(values, candidate) >= len(candidate) - 1]
    likely.sort(key=lambda candidate: (candidate[0] == DEFAULTS, not _is_given(values, candidate[:-1])))
    return likely[0] if likely else ()


def _is_given(values: Data, path: Path) -> bool:
    """Return whether there is something at a path: what is empty is rendered to nothing."""
    return known(values, path) == len(path) and not _is_empty(at(values, path))


def _is_empty(value: object) -> bool:
    return value in _EMPTY or (isinstance(value, dict) and all(map(_is_empty, value.values())))


def base(item: Data, number: int) -> Path:
    """Return the path of the values that an object is made from."""
    name = text(item, ("metadata", "name"))
    bases: dict[str, Path] = {
        "InferenceService": (SERVICES, name),
        "LLMInferenceService": (LLM_SERVICES, name),
        "DaemonSet": ("imageVolumes", "prefetch", name),
        "ServiceAccount": ("serviceAccounts", name),
        "LocalModelNodeGroup": ("localModels", "nodeGroups", name),
        # A part of the URI's sha256 ends the object's name.
        "LocalModelCache": ("localModels", "caches", name.rpartition("-")[0]),
        "PersistentVolumeClaim": (SERVICES, name.rpartition("-")[0], "modelVolume"),
        "ClusterStorageContainer": ("clusterStorageContainer",),
        "Secret": ("credentials",),
    }
    return ("extraObjects", number) if number >= 0 else bases.get(item["kind"], ())


def _candidates(values: Data, item: Data, path: Path) -> Iterator[Path]:
    """Yield the values that may make a field, the one that wins first."""
    own = base(item, -1)
    if item["kind"] == "InferenceService":
        yield from _of_service(own, _listed(values, own, item, path))
    elif item["kind"] == "LLMInferenceService":
        yield from llm_origins.candidates(values, own, item, path)
    elif item["kind"] == "ClusterStorageContainer":
        yield from _of_storage_container(values, item, path)
    elif item["kind"] == "DaemonSet" and path[:4] == _IMAGES:
        yield (*own, "uri")
    elif item["kind"] == "LocalModelCache" and path[:1] == ("spec",):
        yield (*own, *(_CACHES.get(str(step), step) for step in path[1:2]), *path[2:])
    yield from ((*own, *path[1:]), (*own, *path))
    if path[:1] == _METADATA and len(path) > 1 and path[1] in _COMMON:
        yield (_COMMON[str(path[1])], *path[2:])
    if path[:2] == ("metadata", "name"):
        yield own


def _of_service(own: Path, path: Path) -> Iterator[Path]:
    """Yield the values of a service: its open `predictor` wins over the typed values, its entry over the defaults."""
    entries: tuple[Path, ...] = (own, (DEFAULTS,))
    if path[:2] == _PREDICTOR and len(path) > 2:
        rest = path[2:]
        yield from ((*entry, "predictor", *rest) for entry in entries if entry)
        yield from ((*entry, *_typed(rest)) for entry in entries)
        if rest[0] == "volumes" or rest[:2] == ("model", "volumeMounts"):
            yield from ((*entry, key) for entry in entries for key in ("storageUri", "storageUris"))
        if rest[0] == "imagePullSecrets":
            yield rest
    elif path[:2] == ("metadata", "annotations") and len(path) > 2:
        yield from ((*entry, *path[1:]) for entry in entries)
        yield from ((*entry, *_ANNOTATIONS[path[2]]) for entry in entries if path[2] in _ANNOTATIONS)
    elif path[:1] == _METADATA:
        yield from ((*entry, *path[1:]) for entry in entries)
    else:
        yield from ((*entry, *path[2:]) for entry in entries)


def _listed(values: Data, own: Path, item: Data, path: Path) -> Path:
    """Return a path with the number of its model in the values, which list what the predictor mounts itself too."""
    if path[:3] != _STORAGE_URIS or len(path) < 4:
        return path
    uri = text(item, (*path[:4], "uri"))
    for entry in (own, (DEFAULTS,)):
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


def _of_variable(values: Data, item: Data, index: int, rest: Path) -> Iterator[Path]:
    """Yield the values that set a variable: its own, or one of `extraEnv`."""
    variable = items(item, (*_CONTAINER, "env"))[index]
    name = variable.get("name") if isinstance(variable, dict) else None
    for number, extra in enumerate(items(values, ("extraEnv",))):
        if isinstance(extra, dict) and extra.get("name") == name:
            yield ("extraEnv", number, *rest)
    yield from (each.value for each in variables() if each.name == name)
