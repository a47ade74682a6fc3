"""The likeliest meaning of a key that isn't known: another word, or another level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitserve.crds.lookup import at
from kitserve.problems import Path, intended, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Shape = Any
    """What is allowed at a place: a node of a CRD, or a part of the values' schema."""

_NEAR = 0.8
_WRAPPERS = frozenset({"spec", "metadata", "model", "predictor", "template", "kitserve", "values"})
"""Maps that other objects, or charts with charts, have around one key."""


@dataclass(frozen=True)
class Shapes:
    """How a kind of shapes is read: the names of a map's keys, what is below one, and which it needs."""

    names: Callable[[Shape], Sequence[str]]
    below: Callable[[Shape, str | int], Shape | None]
    needed: Callable[[Shape], Sequence[str]]
    open_place: Callable[[Any, Path], Path] = lambda _data, _path: ()
    """The place in an open part beside a key where the key is known; empty if there is none."""
    is_foreign: Callable[[Path], bool] = lambda _path: False
    """Whether a key is for something that these shapes don't have at all."""

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
    wraps: int = 0
    """The number, from 1, of what a map that is one too many holds; 0 for another mistake."""

    @property
    def told(self) -> bool:
        """Whether it is a mistake of its own: what a map holds is one with the first that it holds."""
        return self.wraps <= 1

    @property
    def place(self) -> Path:
        """The path of the key that is wrong."""
        return self.written[:-1] if self.wraps else self.written


def unwrapped(here: Any, shape: Shape | None, shapes: Shapes, path: Path) -> Iterator[Move]:  # noqa: ANN401
    """Yield the keys of a map that is one too many: all of them belong to the map around it."""
    key = path[-1]
    inner = here.get(key) if isinstance(here, dict) else None
    if shape is None or not isinstance(inner, dict) or not inner:
        return
    if not inner.keys() <= set(shapes.names(shape)) or any(here.get(name) is not None for name in inner):
        return
    if len(inner) == 1 and key not in _WRAPPERS:
        return
    spelt = _respelt(here, shape, shapes, str(key))
    if spelt and not _strange(inner, shapes, shapes.below(shape, spelt)):
        return
    for number, name in enumerate(inner, start=1):
        hint = f"leave out {key}: and indent less what is in it"
        yield Move((*path, name), (*path[:-1], name), hint, number)


def meaning(data: Any, root: Shape, shapes: Shapes, path: Path) -> Move | None:  # noqa: ANN401
    """Return the likeliest of the meanings. The same word elsewhere is likelier than another word here."""
    *above, last = path
    place, key = tuple(above), str(last)
    here, shape = at(data, place), shapes.at(root, place)
    if not isinstance(here, dict) or key not in here or shape is None:
        return None
    spelt = _respelt(here, shape, shapes, key)
    respelt = Move(path, (*place, spelt), f"did you mean {spelt}?") if spelt else None
    if respelt and spelt.lower() == key.lower():
        return respelt
    if shapes.is_foreign(path):
        return None
    if meant := shapes.open_place(data, path):
        parts = ".".join(map(str, meant[len(place) : -1]))
        return Move(path, meant, f"write it below {parts}, which takes any field of KServe's")
    deeper = list(_deeper(here, shape, shapes, place, key))
    empty = [move for move in deeper if here.get(str(move.meant[-2])) is None]
    higher = _higher(data, root, shapes, place, key)
    fitting = filter(None, (_fitting(here, shape, shapes, path, respelt),))
    likely = (*empty, *higher, *deeper, *fitting, *_near_deeper(here, shape, shapes, place, key))
    return likely[0] if likely else None


def _is_entry(value: object, shapes: Shapes, around: Shape, key: str) -> bool:
    """Return whether a map has the keys of the entries that stand below names of one's own."""
    entry = None if shapes.names(around) else shapes.below(around, key)
    fits = entry is not None and isinstance(value, dict) and bool(value) and bool(shapes.names(entry))
    return fits and not _strange(value, shapes, entry)


def _respelt(here: dict[str, Any], shape: Shape, shapes: Shapes, key: str) -> str:
    """Return the name that a key is another spelling of, one that is needed first; empty if nobody can say."""
    names = shapes.names(shape)
    held = [name for name in names if here.get(name) is not None]
    needed = [name for name in shapes.needed(shape) if name not in held]
    return intended(key, needed, held) or intended(key, [name for name in names if name not in held], held)


def _deeper(here: dict[str, Any], shape: Shape, shapes: Shapes, place: Path, key: str) -> Iterator[Move]:
    """Yield the maps beside a key that should hold it, those that stand right before it first."""
    keys = list(here)
    absent = [name for name in shapes.names(shape) if name not in here] if not place else []
    at = keys.index(key)
    for name in (*reversed(keys[:at]), *keys[at + 1 :], *absent):
        inner, within = shapes.below(shape, name), here.get(name)
        free = within is None or (isinstance(within, dict) and key not in within)
        if inner is not None and free and key in shapes.names(inner):
            yield Move((*place, key), (*place, name, key), f"indent it below {name}:")


def _fitting(
    here: dict[str, Any], shape: Shape, shapes: Shapes, path: Path, respelt: Move | None
) -> Move | None:
    """Return the meaning by the word, unless what stands below it has another shape, or by that shape alone."""
    value = here[str(path[-1])]
    if not isinstance(value, dict) or not value:
        return respelt
    named = str(respelt.meant[-1]) if respelt else ""
    fits = bool(named) and not _strange(value, shapes, shapes.below(shape, named))
    if fits and nearest(str(path[-1]), [named], _NEAR):
        return respelt
    free = [name for name in shapes.names(shape) if here.get(name) is None]
    inner = [name for name in free if _has_shape(value, shapes, shapes.below(shape, name))]
    whole = _whole(value, shape, shapes, inner)
    if not whole or (fits and named not in inner):
        return respelt
    return Move(path, (*path[:-1], whole), f"did you mean {whole}?")


def _whole(value: dict[str, Any], shape: Shape, shapes: Shapes, fitting: Sequence[str]) -> str:
    """Return the only one that fits, or the one whose entries may have all keys of the others'; else nothing."""
    entries = {name: shapes.below(shapes.below(shape, name), next(iter(value))) for name in fitting}
    keys = {name: frozenset(shapes.names(entry)) for name, entry in entries.items()}
    return next((name for name in fitting if all(keys[name] >= other for other in keys.values())), "")


def _has_shape(value: dict[str, Any], shapes: Shapes, shape: Shape | None) -> bool:
    """Return whether a map of named maps has the keys of a shape, all of them known."""
    maps = [entry for entry in value.values() if isinstance(entry, dict) and entry]
    if shape is None or not maps or len(maps) < len(value) or shapes.names(shape):
        return False
    entry = shapes.below(shape, next(iter(value)))
    return entry is not None and bool(shapes.names(entry)) and not _strange(value, shapes, shape)


def _strange(value: Any, shapes: Shapes, shape: Shape | None) -> int:  # noqa: ANN401 - any JSON
    """Return how many keys of a map and of those in it its shape doesn't know."""
    if shape is None or not isinstance(value, dict):
        return 0
    names = shapes.names(shape)
    below = {key: shapes.below(shape, key) for key in value}
    return sum(
        _strange(child, shapes, below[key]) if below[key] is not None else bool(names)
        for key, child in value.items()
    )


def _near_deeper(here: dict[str, Any], shape: Shape, shapes: Shapes, place: Path, key: str) -> Iterator[Move]:
    """Yield the maps beside a key that should hold another word for it."""
    for name, within in here.items():
        inner = shapes.below(shape, name)
        close = (
            nearest(key, shapes.names(inner), _NEAR) if inner is not None and isinstance(within, dict) else ""
        )
        if close and within.get(close) is None:
            yield Move((*place, key), (*place, name, close), f"write {close} below {name}:")


def _higher(data: Any, root: Shape, shapes: Shapes, place: Path, key: str) -> Iterator[Move]:  # noqa: ANN401
    """Yield the maps around a key that should hold it, the nearest first."""
    for length in range(len(place) - 1, -1, -1):
        around, shape = at(data, place[:length]), shapes.at(root, place[:length])
        if not isinstance(around, dict) or shape is None or around.get(key) is not None:
            continue
        if key in shapes.names(shape) or _is_entry(at(data, (*place, key)), shapes, shape, key):
            where = f"of {place[length - 1]}" if length else "of the root"
            yield Move((*place, key), (*place[:length], key), f"indent it less: it is a field {where}")
