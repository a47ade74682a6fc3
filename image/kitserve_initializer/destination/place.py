"""Destinations of one run: each a folder of its own, though one may lie inside another."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kitserve_initializer.errors import UsageError
from kitserve_initializer.fs.reserved_names import has_reserved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.fs.paths import Parts

_SEPARATE = "give each ModelKit a folder of its own"


@dataclass(frozen=True)
class Place:
    """A destination; `inner` are those of other ModelKits of this run that lie inside it, relative to it.

    What is inside those is theirs alone: no ModelKit but theirs puts anything there, whatever -o and -i say. So none
    can replace another's files, nor be taken for it, in whatever order they are unpacked.
    """

    path: Path
    inner: tuple[Parts, ...] = ()


def places(destinations: Sequence[Path]) -> list[Place]:
    """Return the places of a run's destinations, by what they are, however they are spelled.

    Raises:
        UsageError: if two are the same, or one lies in a folder that is the initializer's own in another.
    """
    real = [Path(os.path.realpath(path)) for path in destinations]
    return [Place(path, tuple(_inner(index, real, destinations))) for index, path in enumerate(destinations)]


def _inner(index: int, real: Sequence[Path], given: Sequence[Path]) -> list[Parts]:
    found = []
    for other, path in enumerate(real):
        below = _below(real[index], path) if other != index else None
        if below == ():
            raise UsageError(f"{str(given[index])!r} is the destination of two ModelKits", _SEPARATE)
        if below and has_reserved(below):
            raise UsageError(
                f"{str(given[other])!r} is a name of the initializer's own in {str(given[index])!r}",
                _SEPARATE,
            )
        if below:
            found.append(below)
    return found


def _below(outer: Path, path: Path) -> Parts | None:
    """Return the path relative to `outer`, which a bind mount may have under another name; None if it isn't below."""
    for above in (path, *path.parents):
        if above == outer or _is_same(above, outer):
            return path.relative_to(above).parts
    return None


def _is_same(one: Path, other: Path) -> bool:
    try:
        return os.path.samestat(one.stat(), other.stat())
    except OSError:
        return False
