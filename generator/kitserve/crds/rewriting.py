"""What KServe's defaulting webhooks make of an object before its CRD is checked: they read it into Go's types and write it anew."""

import re
from dataclasses import dataclass

from kitserve.crds.codes import TYPE, UNKNOWN
from kitserve.crds.lookup import FRAMEWORKS, Data, mapping
from kitserve.crds.node import Node
from kitserve.problems import Path, Problem

_WRITTEN_EMPTY: tuple[Path, ...] = (
    ("external", "metric", "backend"),
    ("podmetric", "metric", "backend"),
    ("resource", "target", "type"),
    ("external", "target", "type"),
    ("podmetric", "target", "type"),
    ("projected", "sources"),
    ("scaleIO", "secretRef"),
)
"""The ends of the paths of fields that Go writes, where they are missing, with a value that the CRD refuses."""


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


_UNREAD = frozenset({"ClusterStorageContainer", "LocalModelNamespaceCache", "LocalModelNodeGroup"})
"""Kinds of which no webhook reads an object into Go's types."""


def is_read(kind: str) -> bool:
    """Return whether a webhook reads objects of a kind into Go's types."""
    return kind not in _UNREAD


def rewriting(kind: str, version: str) -> Rewriting | None:
    """Return the rewriting of a kind in a version of KServe; None without a defaulting webhook."""
    found = _KINDS.get(kind)
    return found if found and _number(found.since) <= _number(version) else None


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def is_replaced(item: Data, problem: Problem) -> bool:
    """Return whether a problem is in the `model` that the webhook replaces by an older field, which only Go's types read."""
    predictor = mapping(item, ("spec", "predictor"))
    older = any(isinstance(predictor.get(field), dict) for field in FRAMEWORKS if field != "model")
    inside = item["kind"] == "InferenceService" and problem.path[:3] == ("spec", "predictor", "model")
    return inside and older and problem.code not in {UNKNOWN.code, TYPE.code}


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
