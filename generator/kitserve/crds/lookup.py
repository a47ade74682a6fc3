"""Access to objects of any shape: a rule gets only parts of the type that it expects."""

from collections.abc import Iterator
from typing import Any

from kitserve.problems import Path

Data = dict[str, Any]

COMPONENTS = ("predictor", "transformer", "explainer")
PREDICTOR: Path = ("spec", "predictor")
FRAMEWORKS = (
    *("sklearn", "xgboost", "tensorflow", "pytorch", "triton", "onnx"),
    *("huggingface", "pmml", "lightgbm", "paddle", "model"),
)
"""The fields of a predictor that hold a model, of which KServe's webhook makes `model`."""


def at(item: object, path: Path) -> object:
    """Return the value at a path; None without one."""
    for step in path:
        if isinstance(item, dict):
            item = item.get(step)
        elif isinstance(item, list) and isinstance(step, int) and step < len(item):
            item = item[step]
        else:
            return None
    return item


def mapping(item: object, path: Path) -> Data:
    """Return the map at a path, empty without one."""
    found = at(item, path)
    return found if isinstance(found, dict) else {}


def items(item: object, path: Path) -> list[Any]:
    """Return the list at a path, empty without one."""
    found = at(item, path)
    return found if isinstance(found, list) else []


def maps(item: object, path: Path) -> Iterator[tuple[Path, Data]]:
    """Yield the items of the list at a path that are maps, each with its path; null is an empty one, as Go reads it."""
    for index, entry in enumerate(items(item, path)):
        if isinstance(entry, dict) or entry is None:
            yield (*path, index), entry or {}


def text(item: object, path: Path) -> str:
    """Return the text at a path, empty without one."""
    found = at(item, path)
    return found if isinstance(found, str) else ""


def whole(item: object, path: Path) -> int | None:
    """Return the whole number at a path, which 1.0 is too; None without one."""
    found = at(item, path)
    if isinstance(found, float) and found.is_integer():
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def annotation(item: Data, name: str) -> str:
    """Return an annotation of the object, empty without one."""
    return text(item, ("metadata", "annotations", name))


def final_name(item: Data) -> str:
    """Return an object's name, or one that the API server may make of `generateName`; empty without both."""
    prefix = text(item, ("metadata", "generateName"))
    return text(item, ("metadata", "name")) or (f"{prefix}x" if prefix else "")


def is_modelmesh(item: Data) -> bool:
    """Return whether a service is ModelMesh's, whose predictor KServe's webhook leaves as it is."""
    return annotation(item, "serving.kserve.io/deploymentMode") == "ModelMesh"


def components(item: Data) -> Iterator[Path]:
    """Yield the paths of a service's components."""
    spec = mapping(item, ("spec",))
    for component in COMPONENTS:
        if isinstance(spec.get(component), dict):
            yield ("spec", component)


def models(item: Data, predictor: Path = PREDICTOR) -> Iterator[Path]:
    """Yield the paths of all fields of a service's predictor that hold a model's container, `model` last."""
    fields = mapping(item, predictor)
    for framework in FRAMEWORKS:
        if framework in fields and isinstance(fields[framework], dict):
            yield (*predictor, framework)


def uris(item: Data) -> Iterator[tuple[Path, str]]:
    """Yield every URI of a model in a service, with its path."""
    for path in (*models(item), ("spec", "explainer", "art")):
        if uri := text(item, (*path, "storageUri")):
            yield (*path, "storageUri"), uri
    for component in components(item):
        for path, entry in maps(item, (*component, "storageUris")):
            if uri := text(entry, ("uri",)):
                yield (*path, "uri"), uri


def containers(item: Data) -> Iterator[Path]:
    """Yield the paths of all containers that a service writes out."""
    yield from models(item)
    if isinstance(at(item, ("spec", "explainer", "art")), dict):
        yield ("spec", "explainer", "art")
    for pod in (*components(item), ("spec", "predictor", "workerSpec")):
        for field in ("containers", "initContainers"):
            for path, _ in maps(item, (*pod, field)):
                yield path
