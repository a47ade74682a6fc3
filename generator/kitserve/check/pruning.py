"""Values without those that the schema refuses, so that the others can be judged."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from kitserve.check.schema_messages import MISSING
from kitserve.problems import Path, Problem, known

if TYPE_CHECKING:
    from collections.abc import Iterable

    Data = dict[str, Any]

_ENTRY = 2
"""The length of an entry's path, such as a service's."""


def pruned(data: Data, refused: Iterable[Problem]) -> Data:
    """Return a copy without the values at the problems' places, and without entries that lack a key."""
    rest = copy.deepcopy(data)
    for problem in refused:
        path = problem.path[:_ENTRY] if problem.code == MISSING.code else problem.path
        _remove(rest, path)
    return rest


def _remove(data: Data, path: Path) -> None:
    """Remove a value, or the list that it is in: what is left would have other indices."""
    indices = [number for number, step in enumerate(path) if isinstance(step, int)]
    *above, last = path[: indices[0]] if indices else path
    if path and known(data, (*above, last)) == len(above) + 1:
        place: Any = data
        for step in above:
            place = place[step]
        del place[last]
