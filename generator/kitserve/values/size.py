"""The size of values and objects: a megabyte of values can make gigabytes of objects, each of which repeats a part."""

from typing import Any

MOST = 1_000_000
"""Keys, values and items of all objects together: those of twenty thousand services."""
_TEXT = 16
"""Characters that count as much as a value."""


def parts(data: Any) -> int:  # noqa: ANN401 - any JSON
    """Return the number of keys, values and items in data; a long text counts as several."""
    count, waiting = 0, [data]
    while waiting:
        part = waiting.pop()
        count += 1
        if isinstance(part, dict):
            count += len(part)
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, str):
            count += len(part) // _TEXT
    return count
