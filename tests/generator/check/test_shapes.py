"""No shape of an object ends in a traceback: fields are replaced by whatever JSON has."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from kitserve.check import object_rules
from kitserve.check.codes import CODES
from kitserve.crds import structures, validate
from kitserve.helm.compose import compose
from kitserve.helm.construct import Construction

from tests.generator.check.samples import SAMPLES

ODD: tuple[Any, ...] = (
    *(None, 0, -1, 1.5, True, "", "x", "kit://a", "1Gi", "\n", "{", 2**70, "a" * 300),
    *([], [None], [[]], [1], ["a"], [{"name": 1}], [{"name": []}], [{"name": {}}]),
    *({}, {"a": None}, {"a": 1}, {"name": 1}, {"name": []}),
)


def objects() -> list[dict[str, Any]]:
    """The objects of the samples and of the codes' examples."""
    texts = [SAMPLES, *(code.example for code in CODES if code.example.startswith("apiVersion"))]
    return [Construction("").build(root) for text in texts for root in compose(text)]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - any JSON
    """The paths of all that is in a value, but of what says which kind an object is of."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in inner:
        if (*path, step) not in {("apiVersion",), ("kind",)}:
            yield from places(child, (*path, step))


def damaged(item: dict[str, Any], chosen: random.Random) -> dict[str, Any]:
    """A copy with one to three odd values in it."""
    changed = copy.deepcopy(item)
    for _ in range(chosen.choice((1, 1, 2, 3))):
        *parents, last = chosen.choice([*places(changed)] or [("spec",)])
        place: Any = changed
        for step in parents:
            place = place[step]
        place[last] = copy.deepcopy(chosen.choice(ODD))
    return changed


@pytest.mark.parametrize("version", structures.versions())
def test_whatever_a_field_holds_is_judged(version: str) -> None:
    chosen = random.Random(version)  # noqa: S311 - shapes, no secrets
    whole = objects()
    for _ in range(1500):
        item = damaged(chosen.choice(whole), chosen)
        try:
            found = [*validate.check(item, version), *object_rules.check_object(item, version)]
            found += [
                problem for _, problem in object_rules.check_together([item, chosen.choice(whole)], version)
            ]
        except Exception as error:
            raise AssertionError(json.dumps(item)) from error
        assert all(problem.message and problem.code for problem in found)
