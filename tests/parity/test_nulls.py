"""Null at every key: both renderers take it for the same, and neither trips over it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kitserve.helm.merge import merge_files
from kitserve.render.manifests import render
from kitserve.render.release import Release
from kitserve.values.schema import Schema, schema

from tests.parity.objects import comparable, strictly_read
from tests.parity.renderers import RELEASE, Helm
from tests.parity.turns import in_turns
from tests.rendering import checked

# Entries of maps that users name, of which a null leaves the rest as it is.
ENTRIES: dict[str, Any] = {
    "inferenceServices": {"a": {"modelFormat": {"name": "sklearn"}, "storageUri": "kit://r.io/x:1"}},
    "serviceAccounts": {"a": {"labels": {"a": "b"}, "annotations": {"a": "b"}}},
    "localModels": {
        "create": True,
        "nodeGroups": {
            "a": {"storageLimit": "1", "persistentVolumeSpec": {}, "persistentVolumeClaimSpec": {}}
        },
        "caches": {"a": {"uri": "kit://r.io/x:1", "size": "1", "nodeGroups": ["a"]}},
    },
    "credentials": {
        "create": True,
        "username": "a",
        "password": "b",
        "dockerConfigSecretName": "a",
        "registries": {"a": {"username": "a", "password": "b"}},
    },
}


def paths(node: Schema, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every key of the values, and of a service's."""
    for name, child in node.get("properties", {}).items():
        yield (*path, name)
        yield from paths(child, (*path, name))
    entries = [*node.get("patternProperties", {}).values()]
    if isinstance(node.get("additionalProperties"), dict):
        entries.append(node["additionalProperties"])
    for child in entries:
        yield (*path, "a")
        yield from paths(child, (*path, "a"))


def null_at(path: tuple[str, ...]) -> dict[str, Any]:
    """Values with every entry, and a null at the path."""
    values: Any = None
    for key in reversed(path):
        values = {key: values}
    return merge_files(ENTRIES, values)


# A group's keys are those of a service.
PATHS = [path for path in paths(schema()) if path[0] != "serviceGroups" or len(path) < 3]


@pytest.mark.parametrize(
    ("path", "version"), [*in_turns(((path, ".".join(path)) for path in PATHS), one_of=4)]
)
def test_null(path: tuple[str, ...], version: int, helms: list[Helm], tmp_path: Path) -> None:
    case = tmp_path / "values.json"
    case.write_text(json.dumps(null_at(path)))

    found = checked(null_at(path))
    theirs = helms[version - 3].render([case])

    assert bool(found.problems) == (theirs.manifests is None), theirs.complaint
    assert "nil pointer" not in theirs.complaint
    if theirs.manifests is not None:
        ours = render(found.values, found.services, Release(*RELEASE))
        assert comparable(ours) == comparable(strictly_read(theirs.manifests))
