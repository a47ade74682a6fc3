"""Values with the attributes and types of their definition, and without its cost.

Building the models would take a fifth of a command's time (docs/decisions/0005). The schema has checked the values
before, so at run time the view only adds the empty values of absent keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from kitserve.values.schema import schema

if TYPE_CHECKING:
    from kitserve.values.schema import Schema
    from kitserve.values.types import Values

Section = TypeVar("Section")
_EMPTY = {"string": "", "boolean": False, "integer": 0, "array": [], "object": {}}


def view(values: dict[str, Any]) -> Values:
    """Return merged values that the schema accepts, with the definition's types."""
    return cast("Values", _View(schema(), values))


def given(section: object) -> dict[str, Any]:
    """Return the data of a view's section as the user gave it, without absent keys."""
    return cast("_View", section)._data


def replaced(section: Section, data: dict[str, Any]) -> Section:
    """Return a view of other data by the same part of the definition."""
    return cast("Section", _View(cast("_View", section)._schema, data))


class _View:
    """A section. An absent value reads as the empty value of its type (docs/decisions/0001)."""

    __slots__ = ("_data", "_schema")

    def __init__(self, node: Schema, data: dict[str, Any]) -> None:
        self._schema = node
        self._data = data

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the definition types it
        key = name.removesuffix("_")  # `global` is a word of Python
        node = self._schema["properties"].get(key)
        if node is None:
            raise AttributeError(f"the values have no {name!r} here")
        return _viewed(node, self._data.get(key, _EMPTY[node["type"]]))


def _viewed(node: Schema, value: Any) -> Any:  # noqa: ANN401 - any JSON
    if "properties" in node:
        return _View(node, value)
    inner = _entries(node)
    if not inner or "properties" not in inner:
        return value
    if isinstance(value, list):
        return [_View(inner, item) for item in value]
    return {key: _View(inner, item) for key, item in value.items()}


def _entries(node: Schema) -> Schema | None:
    """Return the schema of a list's items or a map's entries, if there is one."""
    found = node.get("items") or next(iter(node.get("patternProperties", {}).values()), None)
    return found if isinstance(found, dict) else None
