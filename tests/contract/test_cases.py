"""The cases try every value, and no value is dead."""

from collections.abc import Iterator
from typing import Any

import pytest
from kitserve.helm.load import read
from kitserve.helm.merge import merge_defaults
from kitserve.render.release import Release
from kitserve.values.schema import Schema, defaults, schema

from tests.cases import ACCEPTED
from tests.rendering import rendered

# A parent chart's; what only `helm test` sees; and what only allows others.
NOT_OURS = {"enabled", "test", "imageVolumes.admissionVerifies"}


def leaves(node: Schema, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every value that is no map of further values."""
    for name, child in node["properties"].items():
        if "properties" in child:
            yield from leaves(child, (*path, name))
        else:
            yield (*path, name)


LEAVES = [path for path in leaves(schema()) if not {path[0], ".".join(path)} & NOT_OURS]


CASES = [merge_defaults(defaults(), read([str(file)]).data) for file in ACCEPTED]


def without(values: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """The values less the one at the path, if it is there."""
    if path[0] not in values:
        return values
    if len(path) == 1:
        return {key: value for key, value in values.items() if key != path[0]}
    return {**values, path[0]: without(values[path[0]], path[1:])}


@pytest.mark.parametrize("path", LEAVES, ids=".".join)
def test_a_case_shows_that_the_value_has_an_effect(path: tuple[str, ...]) -> None:
    assert any(rendered(case, Release()) != rendered(without(case, path), Release()) for case in CASES)
