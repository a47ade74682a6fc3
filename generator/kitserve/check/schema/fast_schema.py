"""Whether values match their schema, for the keywords that this schema uses.

jsonschema takes longer to import than values take to check, so it only explains what is wrong.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from kitserve.values.schema import Schema


def _is_number(value: Any) -> bool:  # noqa: ANN401 - any JSON
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: _is_number(value) and value == int(value),
    "number": _is_number,
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
}


def accepts(schema: Schema, value: Any) -> bool:  # noqa: ANN401 - any JSON
    """Return whether the value matches the schema, or a part of it."""
    if "type" in schema and not _TYPES[schema["type"]](value):
        return False
    if isinstance(value, str):
        return _accepts_text(schema, value)
    if isinstance(value, dict):
        return _accepts_map(schema, value)
    if isinstance(value, list):
        return _accepts_list(schema, value)
    return _is_number(value) is False or schema.get("minimum", value) <= value <= schema.get("maximum", value)


def _accepts_text(schema: Schema, text: str) -> bool:
    return (
        ("enum" not in schema or text in schema["enum"])
        and ("pattern" not in schema or bool(re.search(schema["pattern"], text)))
        and len(text) <= schema.get("maxLength", len(text))
    )


def _accepts_map(schema: Schema, entries: dict[str, Any]) -> bool:
    return all(key in entries for key in schema.get("required", ())) and all(
        accepts(child, value) if isinstance(child, dict) else child
        for key, value in entries.items()
        for child in _children(schema, key)
    )


def _children(schema: Schema, key: str) -> Iterator[Schema | bool]:
    """Yield the schemas of a key's value; false if the key is denied."""
    known = schema.get("properties", {})
    matching = [
        child for pattern, child in schema.get("patternProperties", {}).items() if re.search(pattern, key)
    ]
    if key in known:
        yield known[key]
    yield from matching
    if key not in known and not matching:
        yield schema.get("additionalProperties", True)


def _accepts_list(schema: Schema, items: list[Any]) -> bool:
    if schema.get("uniqueItems") and repeats(items):
        return False
    return "items" not in schema or all(accepts(schema["items"], item) for item in items)


def repeats(items: list[Any]) -> bool:
    """Whether a list has an item twice."""
    texts = {item for item in items if isinstance(item, str)}
    others = [item for item in items if not isinstance(item, str)]
    return len(texts) + len({json.dumps(item, sort_keys=True) for item in others}) < len(items)
