"""What KServe's defaulting webhooks make of an object before its CRD is checked: they read it into Go's types and write it anew."""

import re
from dataclasses import dataclass

from kitserve.crds.node import Node
from kitserve.problems import Path

_WRITTEN_EMPTY: tuple[Path, ...] = (
    ("external", "metric", "backend"),
    ("podmetric", "metric", "backend"),
    ("resource", "target", "type"),
    ("external", "target", "type"),
    ("podmetric", "target", "type"),
    ("projected", "sources"),
)
"""The ends of the paths of fields that the CRD doesn't require, that Go writes without a value, and that the CRD refuses then."""


@dataclass(frozen=True)
class Rewriting:
    """A kind's rewriting. `is_told`: whether what is filled in is a problem, and doesn't come from elsewhere."""

    since: str
    is_told: bool


_KINDS = {
    "InferenceService": Rewriting("0.15", is_told=True),
    # Its baseRefs bring what is missing.
    "LLMInferenceService": Rewriting("0.19", is_told=False),
}


def rewriting(kind: str, version: str) -> Rewriting | None:
    """Return the rewriting of a kind in a version of KServe; None without a defaulting webhook."""
    found = _KINDS.get(kind)
    return found if found and _number(found.since) <= _number(version) else None


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def writes_empty(key: str, path: Path) -> bool:
    """Return whether Go writes a field that isn't there, with a value that the CRD refuses."""
    named = (*(step for step in path if isinstance(step, str)), key)
    return any(named[-len(end) :] == end for end in _WRITTEN_EMPTY)


def fits_empty(node: Node) -> bool:
    """Return whether the CRD admits what Go writes for a required field that isn't there: a text is empty, a list null."""
    if node.int_or_string:
        return True
    if node.type == "object":
        below = [node.properties[key] for key in node.required if key in node.properties]
        return not node.bounds.get("minProperties") and all(fits_empty(child) for child in below)
    empty = {"string": "", "integer": 0, "number": 0, "boolean": False}
    if node.type not in empty or (node.choices is not None and empty[node.type] not in node.choices):
        return False
    smallest = node.bounds.get("minLength" if node.type == "string" else "minimum", 0)
    return smallest <= 0 and not (node.pattern and node.type == "string" and not _matches_empty(node.pattern))


def _matches_empty(pattern: str) -> bool:
    return re.search(pattern, "") is not None
