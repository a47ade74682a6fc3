"""What somebody meant by a key that isn't known: another word, or the same word a level higher or deeper.

The rest is then judged as if it were mended: one mistake is one error, and nothing waits behind it for the next run.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitserve.problems import Path, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Shape = Any
    """What is allowed at a place: a node of a CRD, or a part of the values' schema."""

_NEAR = 0.6
_ROUNDS = 8
"""Levels of mistakes within mistakes that are mended."""
_MOST = 50
"""Unknown keys of which a meaning is looked for: more are another kind of file."""


@dataclass(frozen=True)
class Shapes:
    """How a kind of shapes is read: the names of a map's keys, and the shape of what is below one."""

    names: Callable[[Shape], Sequence[str]]
    below: Callable[[Shape, str | int], Shape | None]

    def at(self, root: Shape, path: Path) -> Shape | None:
        """Return the shape at a path; None where nothing is known."""
        shape = root
        for step in path:
            shape = None if shape is None else self.below(shape, step)
        return shape


@dataclass(frozen=True)
class Move:
    """What stands at `written` was meant for `meant`; `hint` says so."""

    written: Path
    meant: Path
    hint: str


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
        moves = [
            move for path in unknown(repaired.data) if (move := _moved(repaired.data, root, shapes, path))
        ]
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
        place = _at(rest, tuple(above))
        if isinstance(place, dict):
            place.pop(last, None)
    return rest


def _moved(data: Any, root: Shape, shapes: Shapes, path: Path) -> Move | None:  # noqa: ANN401
    """Move what is at a path to where it was meant to be, in place; None if nobody can say."""
    if move := _meaning(data, root, shapes, path):
        *above, key = path
        _put(data, move.meant, _at(data, tuple(above)).pop(key))
    return move


def _meaning(data: Any, root: Shape, shapes: Shapes, path: Path) -> Move | None:  # noqa: ANN401
    """Return the likeliest of the meanings. The same word elsewhere is likelier than another word here."""
    *above, last = path
    place, key = tuple(above), str(last)
    here, shape = _at(data, place), shapes.at(root, place)
    if not isinstance(here, dict) or key not in here or shape is None:
        return None
    names = {name.lower(): name for name in shapes.names(shape)}
    spelt = names.get(key.lower()) or names.get(nearest(key.lower(), list(names), _NEAR), "")
    respelt = (
        Move(path, (*place, spelt), f"did you mean {spelt}?") if spelt and here.get(spelt) is None else None
    )
    if respelt and spelt.lower() == key.lower():
        return respelt
    deeper = list(_deeper(here, shape, shapes, place, key))
    empty = [move for move in deeper if here.get(str(move.meant[-2])) is None]
    likely = (*empty, *_higher(data, root, shapes, place, key), *deeper, *filter(None, (respelt,)))
    return likely[0] if likely else None


def _deeper(here: dict[str, Any], shape: Shape, shapes: Shapes, place: Path, key: str) -> Iterator[Move]:
    """Yield the maps beside a key that should hold it, those that stand right before it first."""
    keys = list(here)
    absent = [name for name in shapes.names(shape) if name not in here] if not place else []
    for name in (*reversed(keys[: keys.index(key)]), *absent):
        inner, within = shapes.below(shape, name), here.get(name)
        free = within is None or (isinstance(within, dict) and key not in within)
        if inner is not None and free and key in shapes.names(inner):
            yield Move((*place, key), (*place, name, key), f"indent it below {name}:")


def _higher(data: Any, root: Shape, shapes: Shapes, place: Path, key: str) -> Iterator[Move]:  # noqa: ANN401
    """Yield the maps around a key that should hold it, the nearest first."""
    for length in range(len(place) - 1, -1, -1):
        around, shape = _at(data, place[:length]), shapes.at(root, place[:length])
        if (
            isinstance(around, dict)
            and shape is not None
            and key in shapes.names(shape)
            and around.get(key) is None
        ):
            where = f"of {place[length - 1]}" if length else "of the root"
            yield Move((*place, key), (*place[:length], key), f"indent it less: it is a field {where}")


def _at(data: Any, path: Path) -> Any:  # noqa: ANN401
    for step in path:
        inside = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
        if step not in inside:
            return None
        data = data[step]
    return data


def _put(data: Any, path: Path, value: Any) -> None:  # noqa: ANN401
    *above, last = path
    for step in above:
        if isinstance(data, dict) and data.get(step) is None:
            data[step] = {}
        data = data[step]
    data[last] = value
