"""Further objects of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.values.view import given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.values.types import Values


def render(values: Values) -> Iterator[dict[str, Any]]:
    """Yield each object unchanged."""
    for item in values.extraObjects:
        yield given(item)
