"""Null at every key: both renderers take it for the same, and neither trips over it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kitserve import manifests
from kitserve.check import check
from kitserve.merge import merge_defaults
from kitserve.release import Release
from kitserve.schema import Schema, defaults, schema
from kitserve.values import Values

from tests.parity.objects import comparable, strictly_read
from tests.parity.renderers import RELEASE, Helm

SERVICE = {"a": {"modelFormat": {"name": "sklearn"}, "storageUri": "kit://r/x:1"}}


def paths(node: Schema, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every key of the values, and of a service's."""
    for name, child in node.get("properties", {}).items():
        yield (*path, name)
        yield from paths(child, (*path, name))
    for child in node.get("patternProperties", {}).values():
        yield from paths(child, (*path, "a"))


def null_at(path: tuple[str, ...]) -> dict[str, Any]:
    values: Any = None
    for key in reversed(path):
        values = {key: values}
    return {"inferenceServices": SERVICE, **values} if path[0] != "inferenceServices" else values


@pytest.mark.parametrize("path", list(paths(schema())), ids=".".join)
def test_null(path: tuple[str, ...], helm: Helm, tmp_path: Path) -> None:
    case = tmp_path / "values.json"
    case.write_text(json.dumps(null_at(path)))
    merged = merge_defaults(defaults(), null_at(path))

    problems = check(merged)
    theirs = helm.render([case])

    assert bool(problems) == (theirs.manifests is None), theirs.complaint
    assert "nil pointer" not in theirs.complaint
    if theirs.manifests is not None:
        ours = manifests.render(Values.model_validate(merged), Release(*RELEASE))
        assert comparable(ours) == comparable(strictly_read(theirs.manifests))
