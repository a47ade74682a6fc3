"""The problems of objects: of their structure, by the rules, and by a cluster if one is asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from kitserve.check import object_rules
from kitserve.check.meaning import Shapes
from kitserve.check.object_rules.initializer import references
from kitserve.check.one_mistake import joined
from kitserve.check.repair import Repaired, repair
from kitserve.crds import structures, validate
from kitserve.crds.codes import UNKNOWN, UNSURE
from kitserve.crds.node import Node
from kitserve.problems import Path, Problem, first

Data = dict[str, Any]
_REFUSED = "KS200"
"""The first code of what a cluster refuses."""
_TOLD = frozenset({references.URI_LOGIN.code})
"""Told whatever else is wrong with a value: who reads that a URI is malformed doesn't change the password in it."""
_Causes = dict[Path, str]
Numbered = Iterator[tuple[int, Problem]]
Ask = Callable[[Sequence[Data]], Numbered]
"""A function from objects to what a cluster refuses, each problem with the index of its object."""


def check_objects(objects: Sequence[Data], version: str = "", ask: Ask | None = None) -> Numbered:
    """Yield each problem with the index of its object, by default for the newest KServe whose CRDs are known.

    A cluster is asked only about objects without an error, because it would repeat the error.
    """
    wrong = set()
    for number, problem in _ours(list(objects), version or structures.released()[-1]):
        wrong |= {number} if problem.severity == "error" else set()
        yield number, problem
    others = [number for number in range(len(objects)) if number not in wrong]
    for index, problem in ask([objects[number] for number in others]) if ask else ():
        yield others[index], problem


def _ours(objects: list[Data], version: str) -> Numbered:
    mended: dict[int, Repaired] = {}
    causes: dict[int, _Causes] = {}
    refused = set()
    for number, written in enumerate(objects):
        item, found = written, list(first(validate.check(written, version)))
        if any(problem.code == UNKNOWN.code for problem in found):
            found, mended[number] = _mended(item, version)
            item = mended[number].data
        if found := _one_a_mistake(found, list(first(object_rules.check_object(item, version)))):
            causes[number] = _causes(found)
        for problem in joined(_as_written(problem, mended.get(number)) for problem in found):
            refused |= {number} if problem.code >= _REFUSED else set()
            yield number, problem
    judged = [mended[number].data if number in mended else item for number, item in enumerate(objects)]
    for number, problem in object_rules.check_together(judged, version, frozenset(refused)):
        if not _is_explained(problem, causes.setdefault(number, {})):
            if problem.code >= _REFUSED:
                causes[number][problem.path] = problem.code
            yield number, _as_written(problem, mended.get(number))


def _mended(item: Data, version: str) -> tuple[list[Problem], Repaired]:
    """Return the problems of an object in which misspelt and misplaced fields are where they belong, and the object."""

    def unknown(data: Data) -> list[Path]:
        problems = first(validate.check(data, version))
        found = (problem.path for problem in problems if problem.code == UNKNOWN.code)
        return [path for path in found if not validate.since(name, path, version)]

    name = f"{item['apiVersion']}/{item['kind']}"
    repaired = repair(item, validate.structure(item, version), _NODES, unknown)
    found = [
        UNKNOWN.problem("unknown field", path=move.place, hint=move.hint)
        for move in repaired.moves
        if move.told
    ]
    return [*found, *first(validate.check(repaired.data, version))], repaired


def _as_written(problem: Problem, repaired: Repaired | None) -> Problem:
    if repaired is None:
        return problem
    also = tuple(map(repaired.written, problem.also))
    return replace(problem, path=repaired.written(problem.path), also=also)


def _one_a_mistake(found: list[Problem], ruled: list[Problem]) -> list[Problem]:
    """Return the problems of structure and rules without those that follow from another one.

    A rule knows more than the structure about the same field; about what is in a field of a wrong type, nothing.
    """
    if not found or not ruled:
        return found or ruled
    same = {problem.path for problem in ruled if problem.code >= _REFUSED}
    kept = [problem for problem in found if problem.path not in same]
    causes = _causes(kept)
    # A field that may be new may be what a rule doesn't find beside it.
    beside = {problem.path[:-1] for problem in kept if problem.code == UNSURE.code}
    further = (problem for problem in ruled if problem.path not in beside)
    return [*kept, *(problem for problem in further if not _is_explained(problem, causes))]


def _causes(found: list[Problem]) -> _Causes:
    """Return the places of errors, with the highest code at each."""
    causes: _Causes = {}
    for problem in found:
        if problem.severity == "error" and problem.path:
            causes[problem.path] = max(problem.code, causes.get(problem.path, ""))
    return causes


def _is_explained(problem: Problem, causes: _Causes) -> bool:
    """Return whether an error at a place or above says why there is another; a verdict isn't lost for a lesser one."""
    if problem.code in _TOLD:
        return False
    above = (causes.get(problem.path[:length], "") for length in range(1, len(problem.path) + 1))
    return any(code and not code < _REFUSED <= problem.code for code in above)


def _names(node: Node) -> Sequence[str]:
    return sorted(node.properties)


def _below(node: Node, step: str | int) -> Node | None:
    return node.items if isinstance(step, int) else node.properties.get(step, node.extra)


def _needed(node: Node) -> Sequence[str]:
    return node.required


_NODES = Shapes(_names, _below, _needed)
