"""Problems of the objects that values render to, each at the value that causes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kitserve.check.objects import check_objects
from kitserve.errors import TooMuch
from kitserve.helm.codes import SIZE
from kitserve.problems import Path, Problem, Tally, dotted, known
from kitserve.render import manifests
from kitserve.render.release import Release
from kitserve.values.view import given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.check.objects import Ask
    from kitserve.render.manifests.inferenceservice import Services
    from kitserve.values.types import Values

_BASES: dict[str, tuple[Path, ...]] = {
    "ClusterStorageContainer": (("clusterStorageContainer",), ()),
    "Secret": (("credentials",),),
}
_SHARED: dict[Path, str] = {
    ("metadata", "labels"): "commonLabels",
    ("metadata", "annotations"): "commonAnnotations",
}
# Fields directly below these have a key of the same name in the values.
_ROOTS: frozenset[Path] = frozenset(
    {
        *((), ("metadata",), ("spec",), ("spec", "container")),
        *(("spec", "predictor"), ("spec", "predictor", "model")),
    }
)


def problems(
    values: Values, services: Services, version: str = "", ask: Ask | None = None
) -> Iterator[Problem]:
    """Yield the problems in a cluster with a version of KServe, each once; `ask` is check/objects.py's."""
    data = given(values)
    try:
        objects = manifests.render(values, services, Release())
    except TooMuch as error:
        yield SIZE.problem(str(error), hint=error.hint)
        return
    own = len(objects) - len(data.get("extraObjects") or [])
    seen: set[tuple[str, Path, str]] = set()
    tally = Tally()
    for number, problem in check_objects(objects, version, ask):
        if tally.has_all(problem.severity):
            if problem.severity == "error":
                return
            continue
        item = objects[number]
        bases = _bases(item) if number < own else (("extraObjects", number - own),)
        moved = replace(_moved(problem, item, bases, data), private=item["kind"] == "Secret")
        if (identity := (moved.code, moved.path, moved.message)) not in seen:
            seen.add(identity)
            tally.takes(problem.severity)
            yield moved


def _moved(
    problem: Problem, item: dict[str, Any], bases: tuple[Path, ...], values: dict[str, Any]
) -> Problem:
    """Move a problem to the value whose path shares its longest end; else to the object's own values."""
    shared = (_SHARED.get(problem.path[:2], ""), *problem.path[2:])
    if _exists(values, shared) and not any(_exists(values, (*base, *problem.path[1:])) for base in bases):
        return replace(problem, path=shared)
    for start in (start for start in range(len(problem.path)) if problem.path[:start] in _ROOTS):
        for base in bases:
            path = (*base, *problem.path[start:])
            if _exists(values, path) or (start + 1 < len(problem.path) and _exists(values, path[:-1])):
                return replace(problem, path=path)
    where = f"{dotted(problem.path)} of {item['kind']} {_name(item)}".removeprefix(" of ")
    return replace(problem, path=bases[0], message=f"{where}: {problem.message}")


def _bases(item: dict[str, Any]) -> tuple[Path, ...]:
    """Return the paths of the values that an object is rendered from."""
    name = _name(item)
    named: dict[str, tuple[Path, ...]] = {
        "InferenceService": (("inferenceServices", name), ("inferenceServiceDefaults",)),
        "ServiceAccount": (("serviceAccounts", name),),
        "LocalModelNodeGroup": (("localModels", "nodeGroups", name),),
        # A part of the URI's sha256 ends the object's name.
        "LocalModelCache": (("localModels", "caches", name.rpartition("-")[0]),),
    }
    return named.get(item["kind"]) or _BASES.get(item["kind"], ((),))


def _name(item: dict[str, Any]) -> str:
    metadata = item.get("metadata")
    return str(metadata.get("name", "")) if isinstance(metadata, dict) else ""


def _exists(values: dict[str, Any], path: Path) -> bool:
    return known(values, path) == len(path)
