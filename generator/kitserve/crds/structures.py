"""The structures of KServe's objects and its own runtimes, by version, derived from the released Go modules."""

import gzip
import json
from functools import cache
from importlib.resources import files
from typing import Any

FILE = "structures.json.gz"
Node = dict[str, Any]


@cache
def _facts() -> dict[str, Any]:
    packed = files(__package__).joinpath(FILE).read_bytes()
    facts: dict[str, Any] = json.loads(gzip.decompress(packed))
    return facts


def versions() -> tuple[str, ...]:
    """Return the known KServe versions, oldest first, such as `0.20`."""
    return tuple(_facts()["versions"])


def source(version: str) -> dict[str, str]:
    """Return the source of a version's facts: the `module` with its version, and the sha256 of each folder's files."""
    found: dict[str, str] = _facts()["versions"][version]["source"]
    return found


def kinds(version: str) -> dict[str, int]:
    """Return the root node of each `GROUP/VERSION/KIND` that this KServe serves."""
    found: dict[str, int] = _facts()["versions"][version]["kinds"]
    return found


def runtimes(version: str) -> dict[str, dict[str, Any]]:
    """Return this KServe's ClusterServingRuntimes by name; `codegen/crds.py` explains their fields."""
    found: dict[str, dict[str, Any]] = _facts()["versions"][version]["runtimes"]
    return found


def nodes() -> list[Node]:
    """Return the nodes of all versions, each once; `codegen/crds.py` explains their keys."""
    found: list[Node] = _facts()["nodes"]
    return found
