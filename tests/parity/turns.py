"""Long tables ask the helms in turns: `make test` one for each row, `make test-thorough` the other one."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest


def in_turns(rows: Iterable[tuple[object, str]]) -> Iterator[Any]:
    """Yield the parameters `row, version` for each row and helm, of rows with their ids."""
    for number, (row, name) in enumerate(rows):
        for version in (3, 4):
            marks = pytest.mark.thorough if (number + version) % 2 else ()
            yield pytest.param(row, version, marks=marks, id=f"{name}-helm{version}")
