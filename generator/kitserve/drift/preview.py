"""One object as the cluster stores it, and as it would store it after the release is applied, by dry runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from kitserve.cluster.api_server import Refused
from kitserve.cluster.objects import MANAGER
from kitserve.crds.lookup import mapping, maps, text
from kitserve.drift.field_sets import common, union, without
from kitserve.drift.tool_marks import LAST_APPLIED, TEMPLATE_GENERATION, marked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.objects import Objects

    Data = dict[str, Any]

_COUNTED = frozenset(
    {"managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"}
)
"""Metadata that the API server keeps for itself."""
_UNSAID = frozenset({LAST_APPLIED, TEMPLATE_GENERATION})
_APPLY = "Apply"


@dataclass(frozen=True)
class Preview:
    """An object before and after, without what the API server counts; None where there is none.

    Without a `namespace` to be in, the API server can't say what it would store: `after` is then as rendered.
    """

    before: Data | None
    after: Data
    has_namespace: bool = True


def preview(objects: Objects, live: Data | None, path: str, item: Data) -> Preview:
    """Return what becomes of the live object at a path. Raises Refused: the cluster doesn't take it."""
    if live is None:
        return _created(objects, path, item)
    before = comparable(live)
    applied = objects.applied(path, marked(item, live))
    cleared = _cleared(applied, live)
    if cleared == applied:
        return Preview(before, comparable(applied))
    patch = merge_patch(before, comparable(cleared))
    return Preview(before, comparable(objects.merged(path, patch)) if patch else before)


def comparable(stored: Data) -> Data:
    """Return an object without its status, what the API server counts, and kubectl's copy of it."""
    metadata = {key: value for key, value in mapping(stored, ("metadata",)).items() if key not in _COUNTED}
    annotations = {
        key: value for key, value in mapping(metadata, ("annotations",)).items() if key not in _UNSAID
    }
    metadata.pop("annotations", None)
    metadata |= {"annotations": annotations} if annotations else {}
    return {key: value for key, value in stored.items() if key != "status"} | {"metadata": metadata}


def merge_patch(before: Data, after: Data) -> Data:
    """Return the JSON merge patch (RFC 7386) from one object to another; empty for the same."""
    patch: Data = {key: None for key in before if key not in after}
    for key, value in after.items():
        old = before.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            patch |= {key: inner} if (inner := merge_patch(old, value)) else {}
        elif key not in before or old != value:
            patch[key] = value
    return patch


def _created(objects: Objects, path: str, item: Data) -> Preview:
    try:
        return Preview(None, comparable(objects.applied(path, item)))
    except Refused as refused:
        if text(refused.status, ("details", "kind")) != "namespaces" or refused.status.get("code") != 404:
            raise
        return Preview(None, item, has_namespace=False)


def _cleared(applied: Data, live: Data) -> Data:
    """Return an applied object without those fields that whoever made the live one would take away.

    Server-side apply takes away what its own field manager has applied before and doesn't apply any more. Ours has
    applied nothing, so this does the same for the manager that holds most of the fields. A tool that doesn't apply on
    the server (Helm 3, `kubectl apply`) takes a field away also if others set it.
    """
    entries = [each for each in _entries(live) if each.get("apiVersion") == live.get("apiVersion")]
    ours = next((_fields(each) for each in _entries(applied) if _is_ours(each)), {})
    applier = max(entries, key=lambda each: common(ours, _fields(each)), default={})
    if not common(ours, _fields(applier)):
        return applied
    others = (each for each in entries if each is not applier and applier["operation"] == _APPLY)
    found: Data = without(applied, _fields(applier), reduce(union, map(_fields, others), ours))
    return found


def _entries(item: Data) -> Iterator[Data]:
    """Yield who manages which fields, but for what is behind a path of its own, such as the status."""
    managed = (each for _, each in maps(item, ("metadata", "managedFields")))
    return (each for each in managed if not each.get("subresource"))


def _is_ours(entry: Data) -> bool:
    return entry.get("manager") == MANAGER and entry.get("operation") == _APPLY


def _fields(entry: Data) -> Data:
    return mapping(entry, ("fieldsV1",))
