"""What is wrong with the objects that values give, told at the values that it comes from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kitserve.check.objects import verdicts
from kitserve.errors import TooMuch
from kitserve.helm.codes import SIZE
from kitserve.problems import Path, Problem, Tally, dotted, known
from kitserve.render import manifests
from kitserve.render.release import Release
from kitserve.values.view import view

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.check.objects import Ask

_BASES: dict[str, tuple[Path, ...]] = {
    "ClusterStorageContainer": (("clusterStorageContainer",), ()),
    "Secret": (("credentials",),),
}
_SHARED: dict[Path, str] = {
    ("metadata", "labels"): "commonLabels",
    ("metadata", "annotations"): "commonAnnotations",
}
# What lies directly below these has its namesake in the values.
_ROOTS: frozenset[Path] = frozenset(
    {
        *((), ("metadata",), ("spec",), ("spec", "container")),
        *(("spec", "predictor"), ("spec", "predictor", "model")),
    }
)


def problems(values: dict[str, Any], version: str = "", ask: Ask | None = None) -> Iterator[Problem]:
    """What a cluster with a version of KServe would say or suffer; each once. For the others see `verdicts`."""
    try:
        objects = manifests.render(view(values), Release())
    except TooMuch as error:
        yield SIZE.problem(str(error), hint=error.hint)
        return
    own = len(objects) - len(values.get("extraObjects") or [])
    told: set[tuple[str, Path, str]] = set()
    tally = Tally()
    for number, problem in verdicts(objects, version, ask):
        if tally.has_all(problem.severity):
            if problem.severity == "error":
                return
            continue
        item = objects[number]
        bases = _bases(item) if number < own else (("extraObjects", number - own),)
        moved = replace(_moved(problem, item, bases, values), private=item["kind"] == "Secret")
        if (identity := (moved.code, moved.path, moved.message)) not in told:
            told.add(identity)
            tally.takes(problem.severity)
            yield moved


def _moved(
    problem: Problem, item: dict[str, Any], bases: tuple[Path, ...], values: dict[str, Any]
) -> Problem:
    """The problem at the value with the longest end of its path in common; else at what the object is made of."""
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
    """What in the values an object of a kind is made of."""
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
