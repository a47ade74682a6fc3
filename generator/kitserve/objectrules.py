"""What a CRD can't say of an object: one small function each. KS1xx is admitted but doesn't work, KS2xx is refused.

Read in KServe v0.20's source; the names in brackets are its functions and files.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

from kitserve.problems import Code, Path, Problem

CONTAINER_NAME = Code(
    "KS110",
    "error",
    "A ClusterStorageContainer's container isn't named `storage-initializer`: KServe's webhook doesn't know it again "
    "and derives no model status from it (kserve/kserve#3900).",
)
CONTAINER_ARGS = Code(
    "KS111",
    "error",
    "A ClusterStorageContainer sets `args`, which replace the URI and the folder that KServe passes "
    "(MergeContainerWithPatch in pkg/utils/container_merge.go).",
)
IMPLICIT = Code(
    "KS112",
    "warning",
    "A ClusterStorageContainer leaves `workloadType` or `supportsMultiModelDownload` to a default that KServe's "
    "minimal CRDs don't have: it is never used, or the controller panics.",
)
WORKLOAD = Code(
    "KS113", "error", "A `workloadType` that KServe doesn't know: the ClusterStorageContainer is never used."
)
NEVER_MATCHES = Code("KS114", "error", "A URI format without prefix and regex, which matches nothing.")
SAME_PREFIX = Code(
    "KS115",
    "error",
    "Two ClusterStorageContainers serve one prefix: which of them KServe takes is not defined.",
)
NAME = Code("KS220", "error", "An InferenceService's name isn't of the form that KServe's webhook wants.")
BOTH_SOURCES = Code(
    "KS221", "error", "A component has `storageUri` and `storageUris`, of which KServe's webhook allows one."
)
MODEL_NAME = Code("KS222", "error", "A model's container has a name, which KServe's webhook refuses.")
PYTHONPATH = Code("KS223", "error", "A container sets PYTHONPATH, which KServe's webhook refuses.")
REPLICAS = Code(
    "KS224", "error", "Negative replicas, or more at least than at most: KServe's webhook refuses it."
)
MULTI_NODE = Code(
    "KS225",
    "error",
    "A service over several nodes with a model that isn't on pvc:// or oci://, as the webhook wants.",
)
NO_IMPLEMENTATION = Code(
    "KS226", "error", "A predictor says nothing of what it serves: KServe's webhook refuses it."
)
CONCURRENCY = Code("KS227", "error", "A negative containerConcurrency, which KServe's webhook refuses.")
AUTOSCALER = Code("KS228", "error", "An autoscaler class that KServe's webhook doesn't know.")
MOUNT_PATH = Code("KS229", "error", "A mount path in `storageUris` that KServe's webhook refuses.")

CODES = tuple(code for code in tuple(vars().values()) if isinstance(code, Code))

Found = Iterator[Problem]
Data = dict[str, Any]

_WORKLOADS = ("initContainer", "localModelDownloadJob")
_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
_CONTAINER: Path = ("spec", "container")
_PREDICTOR: Path = ("spec", "predictor")


def broken(item: Data) -> Found:
    """What an object breaks. It may be of any shape: rules look only at what has the shape they know."""
    for rule in _RULES.get(f"{item['apiVersion']}/{item['kind']}", ()):
        yield from rule(item)


def shared_prefixes(items: list[Data]) -> Iterator[tuple[int, Problem]]:
    """For each of the objects that serves a prefix which one before it serves: its index and the problem."""
    first: dict[tuple[object, str], object] = {}
    for number, item in enumerate(items):
        if item["kind"] != "ClusterStorageContainer" or item.get("disabled") is True:
            continue
        name = _at(item, ("metadata", "name"))
        workload = _at(item, ("spec", "workloadType")) or _WORKLOADS[0]
        for path, prefix in _prefixes(item):
            other = first.setdefault((workload, prefix), name)
            if other != name:
                hint = "keep one of them, or choose by spec.predictor.storageContainerName"
                yield number, SAME_PREFIX.problem(f"{other} serves this prefix too", path=path, hint=hint)


def _prefixes(item: Data) -> Iterator[tuple[Path, str]]:
    for index, form in enumerate(_list(item, ("spec", "supportedUriFormats"))):
        if isinstance(form, dict) and isinstance(form.get("prefix"), str):
            yield ("spec", "supportedUriFormats", index, "prefix"), form["prefix"]


def _container_is_named(item: Data) -> Found:
    if isinstance(name := _at(item, (*_CONTAINER, "name")), str) and name != "storage-initializer":
        message = "KServe finds the container by the name storage-initializer"
        yield CONTAINER_NAME.problem(message, path=(*_CONTAINER, "name"), hint="name it storage-initializer")


def _container_has_no_args(item: Data) -> Found:
    if _at(item, (*_CONTAINER, "args")):
        message = "these replace the URI and the folder that KServe passes"
        yield CONTAINER_ARGS.problem(message, path=(*_CONTAINER, "args"), hint="set variables instead")


def _defaults_are_explicit(item: Data) -> Found:
    for field, usual in (("workloadType", "initContainer"), ("supportsMultiModelDownload", "true")):
        if isinstance(item.get("spec"), dict) and item["spec"].get(field) is None:
            message = "KServe's minimal CRDs set no default for this"
            yield IMPLICIT.problem(message, path=("spec", field), hint=f"write {field}: {usual}")


def _workload_is_known(item: Data) -> Found:
    workload = _at(item, ("spec", "workloadType"))
    if isinstance(workload, str) and workload not in _WORKLOADS:
        hint = f"one of {', '.join(_WORKLOADS)}"
        yield WORKLOAD.problem("KServe never uses this", path=("spec", "workloadType"), hint=hint)


def _formats_match_something(item: Data) -> Found:
    for index, form in enumerate(_list(item, ("spec", "supportedUriFormats"))):
        if isinstance(form, dict) and not form.get("prefix") and not form.get("regex"):
            path = ("spec", "supportedUriFormats", index)
            yield NEVER_MATCHES.problem("this matches no URI", path=path, hint="such as `prefix: kit://`")


def _name_is_allowed(item: Data) -> Found:
    name = _at(item, ("metadata", "name"))
    if isinstance(name, str) and name and not _NAME.match(name):
        hint = "lower-case letters, digits and `-`, beginning with a letter"
        yield NAME.problem("KServe refuses this name", path=("metadata", "name"), hint=hint)


def _one_source(item: Data) -> Found:
    if not _list(item, (*_PREDICTOR, "storageUris")):
        return
    for framework in _frameworks(item):
        path: Path = (*_PREDICTOR, framework, "storageUri")
        if _at(item, path):
            yield BOTH_SOURCES.problem("storageUris are given too", path=path, hint="keep one of the two")


def _model_has_no_name(item: Data) -> Found:
    for framework in _frameworks(item):
        path: Path = (*_PREDICTOR, framework, "name")
        if _at(item, path):
            yield MODEL_NAME.problem("a model's container has no name", path=path, hint="leave it out")


def _frameworks(item: Data) -> list[str]:
    predictor = _at(item, _PREDICTOR)
    fields = predictor.items() if isinstance(predictor, dict) else ()
    return [
        name
        for name, field in fields
        if isinstance(field, dict) and (name == "model" or "storageUri" in field)
    ]


def _no_python_path(item: Data) -> Found:
    containers: list[Path] = [(*_PREDICTOR, "model")]
    for component in ("predictor", "transformer", "explainer"):
        for field in ("containers", "initContainers"):
            path: Path = ("spec", component, field)
            containers += [(*path, index) for index, _ in enumerate(_list(item, path))]
    for container in containers:
        for index, variable in enumerate(_list(item, (*container, "env"))):
            if isinstance(variable, dict) and variable.get("name") == "PYTHONPATH":
                path = (*container, "env", index, "name")
                yield PYTHONPATH.problem("KServe refuses this variable", path=path)


def _replicas_are_in_order(item: Data) -> Found:
    for component in ("predictor", "transformer", "explainer"):
        low = _at(item, ("spec", component, "minReplicas"))
        high = _at(item, ("spec", component, "maxReplicas"))
        for field, count in (("minReplicas", low), ("maxReplicas", high)):
            if isinstance(count, int) and count < 0:
                yield REPLICAS.problem("must not be negative", path=("spec", component, field))
        if isinstance(low, int) and isinstance(high, int) and low > high > 0:
            path = ("spec", component, "minReplicas")
            yield REPLICAS.problem(f"is more than maxReplicas, {high}", path=path)


def _several_nodes_read_a_volume(item: Data) -> Found:
    path = (*_PREDICTOR, "model", "storageUri")
    uri = _at(item, path)
    spread = isinstance(_at(item, (*_PREDICTOR, "workerSpec")), dict)
    if spread and isinstance(uri, str) and not uri.startswith(("pvc://", "oci://")):
        message = "with workerSpec KServe takes pvc:// and oci:// only"
        yield MULTI_NODE.problem(message, path=path, hint="put the model on a volume first")


def _predictor_is_something(item: Data) -> Found:
    spec = _at(item, ("spec",))
    if "spec" in item and (spec is None or (isinstance(spec, dict) and spec.get("predictor") == {})):
        yield NO_IMPLEMENTATION.problem("a predictor needs a model or a container", path=_PREDICTOR)


def _concurrency_is_not_negative(item: Data) -> Found:
    for component in ("predictor", "transformer", "explainer"):
        path: Path = ("spec", component, "containerConcurrency")
        if isinstance(count := _at(item, path), int) and count < 0:
            yield CONCURRENCY.problem("must not be negative", path=path)


def _autoscaler_is_known(item: Data) -> Found:
    path: Path = ("metadata", "annotations", "serving.kserve.io/autoscalerClass")
    chosen = _at(item, path)
    if isinstance(chosen, str) and chosen not in {"", "hpa", "external", "keda", "none"}:
        yield AUTOSCALER.problem(
            "KServe doesn't know this class", path=path, hint="hpa, external, keda or none"
        )


def _mount_paths_are_allowed(item: Data) -> Found:
    uris = _list(item, (*_PREDICTOR, "storageUris"))
    paths = [uri.get("mountPath") for uri in uris if isinstance(uri, dict)]
    for index, path in enumerate(paths):
        if isinstance(path, str) and (path == "/" or ".." in path):
            place: Path = (*_PREDICTOR, "storageUris", index, "mountPath")
            yield MOUNT_PATH.problem("must be a folder below /, without ..", path=place)


def _mount_paths_have_a_parent(item: Data) -> Found:
    """KServe mounts one volume at the folder that is above all of them."""
    uris = [uri for uri in _list(item, (*_PREDICTOR, "storageUris")) if isinstance(uri, dict)]
    loaded = [uri for uri in uris if not str(uri.get("uri")).startswith("pvc://")]
    paths = [str(uri.get("mountPath") or "/mnt/models") for uri in loaded]
    tops = {PurePosixPath(path).parts[1] for path in paths if path.startswith("/") and path.strip("/")}
    if len(tops) > 1:
        hint = "such as /mnt/models/a and /mnt/models/b"
        path = (*_PREDICTOR, "storageUris")
        yield MOUNT_PATH.problem("the paths have no folder in common but /", path=path, hint=hint)


def _at(item: object, path: Path) -> object:
    for step in path:
        if isinstance(item, dict):
            item = item.get(step)
        elif isinstance(item, list) and isinstance(step, int):
            item = item[step]
        else:
            return None
    return item


def _list(item: Data, path: Path) -> list[Any]:
    found = _at(item, path)
    return found if isinstance(found, list) else []


_RULES: dict[str, tuple[Callable[[Data], Found], ...]] = {
    "serving.kserve.io/v1alpha1/ClusterStorageContainer": (
        _container_is_named,
        _container_has_no_args,
        _defaults_are_explicit,
        _workload_is_known,
        _formats_match_something,
    ),
    "serving.kserve.io/v1beta1/InferenceService": (
        _name_is_allowed,
        _one_source,
        _model_has_no_name,
        _no_python_path,
        _replicas_are_in_order,
        _several_nodes_read_a_volume,
        _predictor_is_something,
        _concurrency_is_not_negative,
        _autoscaler_is_known,
        _mount_paths_are_allowed,
        _mount_paths_have_a_parent,
    ),
}
