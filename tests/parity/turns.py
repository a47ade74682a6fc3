"""Long tables are shared out: `make test` runs some of the rows, `make test-thorough` the rest."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest


def in_turns(rows: Iterable[tuple[object, str]], one_of: int = 2) -> Iterator[Any]:
    """Yield the parameters `row, version` for each row and helm, of rows with their ids.

    `make test` asks one helm about a row, by turns; if `one_of` is a larger even number, about fewer of them.
    """
    for number, (row, name) in enumerate(rows):
        for version in (3, 4):
            marks = pytest.mark.thorough if (number + version) % one_of else ()
            yield pytest.param(row, version, marks=marks, id=f"{name}-helm{version}")
