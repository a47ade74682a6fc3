"""Objects of the users' own."""

from collections.abc import Iterator
from typing import Any

from kitserve.values import Values


def render(values: Values) -> Iterator[dict[str, Any]]:
    """Each as it is."""
    for item in values.extraObjects:
        yield item.model_dump()
