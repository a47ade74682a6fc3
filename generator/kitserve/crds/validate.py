"""Objects compared with KServe's CRDs and core types, as the API server does with strict field validation."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from kitserve.crds import core_v1, structures
from kitserve.crds.codes import (
    BOUND,
    CHOICE,
    FILLED,
    FORM,
    LACKING,
    MISSING,
    NOT_SERVED,
    NUMBERLESS,
    OVERFLOW,
    RULE,
    TWICE,
    TYPE,
    UNKNOWN,
    UNSURE,
)
from kitserve.crds.node import Node
from kitserve.crds.object_meta import METADATA, check_metadata
from kitserve.crds.rules import check_rules
from kitserve.crds.structural_schema.adapters import check_models
from kitserve.crds.structural_schema.checker import Checker
from kitserve.crds.structural_schema.rewriting import is_read, is_replaced, rewriting
from kitserve.crds.structures import number
from kitserve.crds.unsure import eased
from kitserve.crds.wording import known_here
from kitserve.problems import Path, Problem, nearest

CODES = (
    *(FILLED, LACKING, OVERFLOW, NUMBERLESS, UNSURE),
    *(UNKNOWN, TYPE, MISSING, CHOICE, FORM, BOUND, TWICE, NOT_SERVED, RULE),
)
GROUP = "serving.kserve.io"
_OLD_GROUPS = frozenset({"serving.kubeflow.org", "kserve.io", "kserve"})
_ELSEWHERE = frozenset({"LocalModelNode", "Predictor"})
"""Kinds that KServe's controllers alone write, and ModelMesh's kind in KServe's group (kserve/modelmesh-serving)."""


def check(item: dict[str, Any], version: str) -> Iterator[Problem]:
    """Yield what a cluster with a version of KServe refuses in an object's fields; nothing for unknown kinds."""
    name = f"{item['apiVersion']}/{item['kind']}"
    if name in core_v1.KINDS:
        yield from _fields(item, Checker(), core_v1.KINDS[name])
    elif str(item["apiVersion"]).partition("/")[0] == GROUP:
        yield from (eased(problem, item, version) for problem in _of_kserves(item, name, version))
    else:
        yield from _strange_group(item, version)


def _of_kserves(item: dict[str, Any], name: str, version: str) -> Iterator[Problem]:
    known = structures.kinds(version)
    if name in known:
        yield from _kserves_fields(item, known[name], version)
    else:
        yield from _not_served(item, version)


def _kserves_fields(item: dict[str, Any], root: Node, version: str) -> Iterator[Problem]:
    fits = True
    rewritten = rewriting(item, version)
    for problem in _fields(item, Checker(rewritten, is_read=is_read(item["kind"])), root):
        if rewritten and is_replaced(item, problem, rewritten):
            continue
        fits = fits and not problem.code.startswith("KS2")
        name = f"{item['apiVersion']}/{item['kind']}"
        newer = problem.code == UNKNOWN.code and since(name, problem.path, version)
        yield replace(problem, hint=f"KServe {newer} has it") if newer else problem
    yield from check_models(item, root)
    if fits:
        yield from check_rules(item, root)


def _fields(item: dict[str, Any], checker: Checker, root: Node) -> Iterator[Problem]:
    yield from checker.check({key: value for key, value in item.items() if key != "metadata"}, root, ())
    yield from check_metadata(item.get("metadata"))


def structure(item: dict[str, Any], version: str) -> Node | None:
    """Return the structure of an object with that of its metadata; None for kinds that nobody knows."""
    name = f"{item['apiVersion']}/{item['kind']}"
    root = core_v1.KINDS.get(name) or structures.kinds(version).get(name)
    return root and replace(root, properties={**root.properties, "metadata": METADATA})


def since(name: str, path: Path, version: str) -> str:
    """Return the first later version whose kind has a field; empty without one."""
    for newer in filter(lambda other: number(other) > number(version), structures.versions()):
        node = structures.kinds(newer).get(name)
        for step in path:
            node = node and (node.items if isinstance(step, int) else node.properties.get(step))
        if node:
            return newer
    return ""


def _not_served(item: dict[str, Any], version: str) -> Iterator[Problem]:
    kind = item["kind"]
    if served := [served for served in structures.kinds(version) if served.endswith(f"/{kind}")]:
        hint = f"it has {served[-1].rpartition('/')[0]}"
        yield NOT_SERVED.problem("KServe doesn't serve this version", path=("apiVersion",), hint=hint)
    elif kind in _kserves():
        yield NOT_SERVED.problem(
            f"KServe {version} doesn't have this kind", path=("kind",), hint="check --kserve-version"
        )
    elif kind not in _ELSEWHERE:
        hint = known_here(kind, sorted(_kserves()))
        yield NOT_SERVED.problem("KServe has no such kind", path=("kind",), hint=hint)


def _strange_group(item: dict[str, Any], version: str) -> Iterator[Problem]:
    """Yield a kind of KServe's in a group that is nearly KServe's, or was, or in none."""
    group, slash, _ = str(item["apiVersion"]).partition("/")
    meant = [name for name in structures.kinds(version) if name.endswith(f"/{item['kind']}")]
    if meant and (not slash or group in _OLD_GROUPS or nearest(group, (GROUP,), cutoff=0.6)):
        hint = f"write {meant[-1].rpartition('/')[0]}"
        yield NOT_SERVED.problem("KServe's kinds aren't in this group", path=("apiVersion",), hint=hint)


def is_known(item: dict[str, Any]) -> bool:
    """Return whether the object's kind is one of KServe's group, or has a structure."""
    if f"{item['apiVersion']}/{item['kind']}" in core_v1.KINDS:
        return True
    return str(item["apiVersion"]).partition("/")[0] == GROUP and item["kind"] not in _ELSEWHERE


def is_strange(item: dict[str, Any]) -> bool:
    """Return whether the object's kind is KServe's, and its group none."""
    return any(_strange_group(item, structures.versions()[-1]))


def is_foreign(item: dict[str, Any]) -> bool:
    """Return whether nothing here judges objects of this kind."""
    return not is_known(item) and not is_strange(item)


def is_named_by_kserve(kind: str) -> bool:
    """Return whether KServe has a kind of this name, in any version."""
    return kind in _kserves()


@cache
def _kserves() -> frozenset[str]:
    return frozenset(
        name.rpartition("/")[2] for version in structures.versions() for name in structures.kinds(version)
    )
