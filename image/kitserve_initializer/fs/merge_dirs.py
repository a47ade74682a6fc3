"""A directory merged into another: new entries are renamed into place, directories in both are entered."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from enum import Enum, auto
from itertools import islice
from typing import TYPE_CHECKING

from kitserve_initializer.fs.directory import enter, entries
from kitserve_initializer.fs.paths import join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kitserve_initializer.fs.paths import Parts


class ConflictPolicy(Enum):
    """The rule for a file whose path is taken, as in `kit unpack`."""

    REFUSE = auto()
    OVERWRITE = auto()
    """-o: replace a regular file."""
    IGNORE = auto()
    """-i: leave what is there."""


_FEW = 100
"""Names of a directory that are as quickly listed as one is looked for."""


class _Step(Enum):
    MOVE = auto()
    REPLACE = auto()
    ENTER = auto()
    SKIP = auto()
    CONFLICT = auto()


def conflicts(source: int, target: int, policy: ConflictPolicy, at: Parts = ()) -> Iterator[Parts]:
    """Yield the paths below the directory `target` that are in the way of entries in `source`."""
    few = _few(target)
    for entry in entries(source):
        match _step(entry, target, policy, few):
            case _Step.CONFLICT:
                yield (*at, entry.name)
            case _Step.ENTER:
                with _both(entry.name, source, target) as (inner_source, inner_target):
                    yield from conflicts(inner_source, inner_target, policy, (*at, entry.name))


def planned_conflicts(planned: Iterable[Parts], target: int, policy: ConflictPolicy) -> Iterator[Parts]:
    """Yield what will be in the way of entries at `planned`, be they files or directories."""
    for parts in planned:
        for depth in range(1, len(parts) + 1):
            try:
                there = os.stat(join(parts[:depth]), dir_fd=target, follow_symlinks=False).st_mode
            except OSError:
                break
            if not stat.S_ISDIR(there):
                if depth < len(parts) or _refuses(there, policy):
                    yield parts[:depth]
                break


def merge(
    source: int, target: int, policy: ConflictPolicy, tell: Callable[[Parts], object] = lambda _: None
) -> None:
    """Move everything below `source` into `target`, and report each new path just before the move."""
    # Entries that vanish during a listing may hide others (POSIX, readdir).
    while _merge(source, target, policy, tell, ()):
        pass


def _merge(
    source: int, target: int, policy: ConflictPolicy, tell: Callable[[Parts], object], at: Parts
) -> bool:
    """Move the entries, and return whether there was one."""
    found, few = False, _few(target)
    for entry in entries(source):
        match _step(entry, target, policy, few):
            case _Step.MOVE | _Step.REPLACE as step:
                if step is _Step.MOVE:
                    tell((*at, entry.name))
                os.rename(entry.name, entry.name, src_dir_fd=source, dst_dir_fd=target)
                found = True
            case _Step.ENTER:
                with _both(entry.name, source, target) as (inner_source, inner_target):
                    found |= _merge(inner_source, inner_target, policy, tell, (*at, entry.name))
            case _Step.CONFLICT:
                raise FileExistsError(entry.name)
    return found


def _few(directory: int) -> frozenset[str] | None:
    """Return a directory's names in lower case if they are few and ASCII; then no other name can be in it.

    Only ASCII names that differ in more than case are different names in every file system.
    """
    with os.scandir(directory) as found:
        names = [entry.name for entry in islice(found, _FEW + 1)]
    few = len(names) <= _FEW and all(map(str.isascii, names))
    return frozenset(map(str.lower, names)) if few else None


def _step(entry: os.DirEntry[str], target: int, policy: ConflictPolicy, few: frozenset[str] | None) -> _Step:
    if few is not None and entry.name.isascii() and entry.name.lower() not in few:
        return _Step.MOVE
    try:
        there = os.stat(entry.name, dir_fd=target, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return _Step.MOVE
    if entry.is_dir(follow_symlinks=False):
        return _Step.ENTER if stat.S_ISDIR(there) else _Step.CONFLICT
    if _refuses(there, policy):
        return _Step.CONFLICT
    return _Step.SKIP if policy is ConflictPolicy.IGNORE else _Step.REPLACE


def _refuses(there: int, policy: ConflictPolicy) -> bool:
    """Return whether a file can't replace an entry with this mode."""
    return not (
        policy is ConflictPolicy.IGNORE or (policy is ConflictPolicy.OVERWRITE and stat.S_ISREG(there))
    )


@contextmanager
def _both(name: str, source: int, target: int) -> Iterator[tuple[int, int]]:
    inner_source = enter(name, source)
    try:
        inner_target = enter(name, target)
        try:
            yield inner_source, inner_target
        finally:
            os.close(inner_target)
    finally:
        os.close(inner_source)
