"""Paths that are taken: found before there is content for them, and named in an error that fits into a log."""

from __future__ import annotations

import stat
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from kitserve_initializer.destination import kitfile
from kitserve_initializer.errors import PathExists, UnsafeArchive
from kitserve_initializer.fs.directory import entries, mode, walked
from kitserve_initializer.fs.merge_dirs import planned_conflicts
from kitserve_initializer.fs.paths import Parts, join, split
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kitserve_initializer.destination.workspace import Workspace

_NAMED = 20
"""Paths that an error names, so that it fits into a termination log."""
_LOGGED = 1000
"""Paths that have a line each in the log if there are more."""


def check_planned(planned: Iterable[str], content: bytes | None, workspace: Workspace) -> None:
    """Check that nothing is in the way of paths, and of the Kitfile `content`, before any layer is there.

    Raises:
        PathExists: naming it.
    """
    paths = list(_safe(planned))
    for inner in workspace.place.inner:
        _require_none_inside(inner, [path for path in paths if path[:-1][: len(inner)] == inner])
    found = list(planned_conflicts(paths, workspace.target, workspace.policy))
    if content is not None:
        found = [*kitfile.conflicts(content, workspace.target, workspace.policy), *found]
    require_none(dict.fromkeys(found), workspace.name)


def require_outside(result: int, inner: Iterable[Parts]) -> None:
    """Look whether the directory `result` holds nothing at the paths `inner` but empty directories.

    Raises:
        PathExists: naming the first thing in them, which are other ModelKits' destinations.
    """
    for parts in inner:
        _require_none_inside(parts, _inside(result, parts))


def require_none(found: Iterable[Parts], holder: str) -> None:
    """Check that nothing was found in the way.

    Raises:
        PathExists: naming the first paths by name, and `holder`, who has them.
    """
    first, count = _first(found)
    if not count:
        return
    paths = [join(parts) for parts in first]
    more = f" and {count - _NAMED} more" if count > _NAMED else ""
    if more:
        for path in paths:
            say(events.PATH_TAKEN, place=holder, file=path)
    raise PathExists(f"{holder} already has {', '.join(map(repr, paths[:_NAMED]))}{more}")


def _inside(result: int, parts: Parts) -> list[Parts]:
    """Return the path of the first thing in the directory at `parts`, or of what is there instead of it."""
    for depth in range(len(parts)):
        with walked(result, parts[:depth]) as above:
            there = mode(parts[depth], above)
        if not stat.S_ISDIR(there):
            return [parts[: depth + 1]] if there else []
    with walked(result, parts) as directory:
        return [(*parts, entry.name) for entry in islice(entries(directory), 1)]


def _require_none_inside(inner: Parts, found: list[Parts]) -> None:
    if found:
        raise PathExists(
            f"the ModelKit holds {join(found[0])!r}, and {join(inner)!r} is the destination of another one in this run",
            "unpack them to folders beside each other, or leave out what they share (filters, ignorePatterns)",
        )


def _first(found: Iterable[Parts]) -> tuple[list[Parts], int]:
    """Return the first paths by name, as many as the log shows, and the number of all."""
    first: list[Parts] = []
    count = 0
    for parts in found:
        count += 1
        first.append(parts)
        if len(first) == 2 * _LOGGED:
            first = sorted(first)[:_LOGGED]
    return sorted(first)[:_LOGGED], count


def _safe(planned: Iterable[str]) -> Iterator[Parts]:
    """Leave out paths that no layer can have: the layer itself will be refused."""
    for path in planned:
        with suppress(UnsafeArchive):
            yield split(path)
