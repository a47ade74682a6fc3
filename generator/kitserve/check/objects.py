"""The problems of objects: of their structure, by the rules, and by a cluster if one is asked."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from kitserve.check import object_rules
from kitserve.crds import structures, validate
from kitserve.problems import Problem

Data = dict[str, Any]
Numbered = Iterator[tuple[int, Problem]]
Ask = Callable[[Sequence[Data]], Numbered]
"""A function from objects to what a cluster refuses, each problem with the index of its object."""


def check_objects(objects: Sequence[Data], version: str = "", ask: Ask | None = None) -> Numbered:
    """Yield each problem with the index of its object, for a version of KServe, by default the newest.

    A cluster is asked only about objects without an error, because it would repeat the error.
    """
    wrong = set()
    for number, problem in _ours(list(objects), version or structures.versions()[-1]):
        wrong |= {number} if problem.severity == "error" else set()
        yield number, problem
    others = [number for number in range(len(objects)) if number not in wrong]
    for index, problem in ask([objects[number] for number in others]) if ask else ():
        yield others[index], problem


def _ours(objects: list[Data], version: str) -> Numbered:
    refused = set()
    for number, item in enumerate(objects):
        for problem in chain(validate.check(item, version), object_rules.check_object(item, version)):
            refused |= {number} if problem.code.startswith("KS2") else set()
            yield number, problem
    yield from object_rules.check_together(objects, version, frozenset(refused))
