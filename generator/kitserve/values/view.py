"""Values with the attributes and types of their definition, and without its cost.

Building the models is a fifth of what a command takes (docs/decisions/0005). Whoever reads values has
checked them against the schema: what is left of the models at run time is what an absent value reads as.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from kitserve.values.schema import schema

if TYPE_CHECKING:
    from kitserve.values.schema import Schema
    from kitserve.values.types import Values

_EMPTY = {"string": "", "boolean": False, "integer": 0, "array": [], "object": {}}


def view(values: dict[str, Any]) -> Values:
    """Merged values that the schema accepts, as the definition types them."""
    return cast("Values", _View(schema(), values))


def given(section: object) -> dict[str, Any]:
    """The data of a section of a view, as the user gave it: absent keys are absent."""
    return cast("_View", section)._data


class _View:
    """A section. A value that is absent is empty of its type (docs/decisions/0001)."""

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
    """The one schema that all items of a list or entries of a map have, if there is one."""
    found = node.get("items") or next(iter(node.get("patternProperties", {}).values()), None)
    return found if isinstance(found, dict) else None
