"""What KServe's CRDs say of its objects, and its own runtimes, per version: derived from the released Go modules."""

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
    """The KServe versions that are known, oldest first, such as `0.20`."""
    return tuple(_facts()["versions"])


def source(version: str) -> dict[str, str]:
    """Where a version's facts come from: the `module` with its version, and the sha256 of the files of each folder."""
    found: dict[str, str] = _facts()["versions"][version]["source"]
    return found


def kinds(version: str) -> dict[str, int]:
    """The root node of each `GROUP/VERSION/KIND` that this KServe serves."""
    found: dict[str, int] = _facts()["versions"][version]["kinds"]
    return found


def runtimes(version: str) -> dict[str, dict[str, Any]]:
    """The ClusterServingRuntimes that this KServe brings, by name; `codegen/crds.py` says what is known of each."""
    found: dict[str, dict[str, Any]] = _facts()["versions"][version]["runtimes"]
    return found


def nodes() -> list[Node]:
    """The subtrees of all versions, each once; `codegen/crds.py` says what their keys are."""
    found: list[Node] = _facts()["nodes"]
    return found
