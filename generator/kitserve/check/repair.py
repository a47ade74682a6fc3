"""What somebody meant by a key that isn't known: another word, or the same word a level higher or deeper.

The rest is then judged as if it were mended: one mistake is one error, and nothing waits behind it for the next run.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitserve.check.meaning import Move, Shapes, meaning, unwrapped
from kitserve.crds.lookup import at, mapping
from kitserve.problems import Path, known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kitserve.check.meaning import Shape

_MOST = 50
"""Unknown keys of which a meaning is looked for: more are another kind of file."""
_ROUNDS = 8
"""Levels of mistakes within mistakes that are mended."""


@dataclass
class Repaired:
    """Data with its keys where they were meant to be."""

    data: Any
    moves: list[Move] = field(default_factory=list)

    def written(self, path: Path) -> Path:
        """Return the path that something has in what was written."""
        for move in reversed(self.moves):
            if path[: len(move.meant)] == move.meant:
                path = (*move.written, *path[len(move.meant) :])
        return path


def repair(data: Any, root: Shape, shapes: Shapes, unknown: Callable[[Any], Iterable[Path]]) -> Repaired:  # noqa: ANN401
    """Return a copy of the data in which each unknown key whose meaning is plain is where it belongs.

    `unknown` finds the unknown keys: what is mended shows those that are in it.
    """
    repaired = Repaired(copy.deepcopy(data))
    for _ in range(_ROUNDS):
        found = [path for path in unknown(repaired.data) if known(repaired.data, path) == len(path)]
        if len(found) > _MOST:
            break
        moves = [move for path in found for move in _moved(repaired.data, root, shapes, path)]
        repaired.moves += moves
        if not moves:
            break
    return repaired


def without(data: Any, paths: Iterable[Path]) -> Any:  # noqa: ANN401 - any JSON
    """Return a copy without what is at some paths, or without the list that it is in: the others keep their indices."""
    rest = copy.deepcopy(data)
    for path in paths:
        indices = [number for number, step in enumerate(path) if isinstance(step, int)]
        *above, last = path[: indices[0]] if indices else path
        place = at(rest, tuple(above))
        if isinstance(place, dict):
            place.pop(last, None)
    return rest


def _moved(data: Any, root: Shape, shapes: Shapes, path: Path) -> list[Move]:  # noqa: ANN401
    """Move what is at a path to where it was meant to be, in place; nothing if nobody can say."""
    if known(data, path) < len(path):
        return []
    *above, key = path
    here = mapping(data, tuple(above))
    if moves := list(unwrapped(here, shapes.at(root, tuple(above)), shapes, path)):
        inner = here.pop(str(key))
        here.update(inner)
        return moves
    meant = meaning(data, root, shapes, path)
    if meant:
        _put(data, meant.meant, here.pop(str(key)))
    return [meant] if meant else []


def _put(data: Any, path: Path, value: Any) -> None:  # noqa: ANN401
    *above, last = path
    for step in above:
        if isinstance(data, dict) and data.get(step) is None:
            data[step] = {}
        data = data[step]
    data[last] = value
