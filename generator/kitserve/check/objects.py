"""All that is wrong with objects: their structure, the rules, and what a cluster says where one is asked."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from kitserve.check import object_rules
from kitserve.crds import structures, validate
from kitserve.problems import Problem

Data = dict[str, Any]
Numbered = Iterator[tuple[int, Problem]]
Ask = Callable[[Sequence[Data]], Numbered]
"""Asks a cluster: objects to what it refuses, each problem with the index of its object."""


def verdicts(objects: Sequence[Data], version: str = "", ask: Ask | None = None) -> Numbered:
    """Each problem with the index of its object, for a version of KServe, by default the newest.

    A cluster is asked only about objects without an error of ours: it would say the same again.
    """
    wrong = set()
    for number, problem in _ours(list(objects), version or structures.versions()[-1]):
        wrong |= {number} if problem.severity == "error" else set()
        yield number, problem
    others = [number for number in range(len(objects)) if number not in wrong]
    for index, problem in ask([objects[number] for number in others]) if ask else ():
        yield others[index], problem


def _ours(objects: list[Data], version: str) -> Numbered:
    for number, item in enumerate(objects):
        for problem in chain(validate.check(item, version), object_rules.broken(item, version)):
            yield number, problem
    yield from object_rules.together(objects, version)
