"""Sets of an object's fields in the form of `managedFields` (FieldsV1 of k8s.io/apimachinery).

A set is a tree: `f:NAME` is a map's field, `k:{...}` a list's item with these keys, `v:VALUE` one of this value,
`i:NUMBER` one at this index, and `.` the map or the item itself. What has nothing below is a field with all in it.
"""

from __future__ import annotations

import json
from typing import Any

Data = dict[str, Any]
Fields = dict[str, Any]
_ITSELF = "."


def union(one: Fields, other: Fields) -> Fields:
    """Return the fields of both sets."""
    return {step: union(one.get(step) or {}, other.get(step) or {}) for step in dict.fromkeys((*one, *other))}


def common(one: Fields, other: Fields) -> int:
    """Return how many fields both sets have."""
    return sum(
        common(below, other[step]) if below and other[step] else 1
        for step, below in one.items()
        if step in other and step != _ITSELF
    )


def without(node: Any, fields: Fields, kept: Fields) -> Any:  # noqa: ANN401 - any JSON
    """Return a value without those fields that aren't among the `kept` ones.

    A field that isn't in the set itself goes with the last that is in it.
    """
    changed: dict[str | int, Any] = {}
    gone: set[str | int] = set()
    for step, below in fields.items():
        if step == _ITSELF or (place := _place(node, step)) is None:
            continue
        rest = without(node[place], below, kept.get(step, {}))
        if step not in kept and (_ITSELF in below or not below or rest in ({}, [])):
            gone.add(place)
        else:
            changed[place] = rest
    return _rebuilt(node, changed, gone)


def _rebuilt(node: Any, changed: dict[str | int, Any], gone: set[str | int]) -> Any:  # noqa: ANN401
    if isinstance(node, dict):
        return {key: changed.get(key, value) for key, value in node.items() if key not in gone}
    if isinstance(node, list):
        return [changed.get(index, value) for index, value in enumerate(node) if index not in gone]
    return node


def _place(node: Any, step: str) -> str | int | None:  # noqa: ANN401 - any JSON
    """Return the key or the index of a step; None if the value hasn't got it."""
    kind, _, named = step.partition(":")
    if kind == "f":
        return named if isinstance(node, dict) and named in node else None
    if not isinstance(node, list):
        return None
    try:
        wanted = json.loads(named)
    except ValueError:
        return None
    return next((index for index, item in enumerate(node) if _is_at(kind, wanted, index, item)), None)


def _is_at(kind: str, wanted: Any, index: int, item: Any) -> bool:  # noqa: ANN401 - any JSON
    if kind == "k":
        keys = wanted.items() if isinstance(wanted, dict) else ()
        return isinstance(item, dict) and all(item.get(key) == value for key, value in keys)
    return bool(wanted == (item if kind == "v" else index))
