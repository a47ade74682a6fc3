"""Directories and their content, through descriptors only: they follow no link and resolve no path twice."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve_initializer.fs.paths import Parts

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_AT_A_TIME = 1000
"""The greatest number of a directory's entries in memory."""


def enter(name: str, parent: int) -> int:
    """Open a directory below `parent`; a symbolic link in its place is an OSError."""
    return os.open(name, _DIRECTORY, dir_fd=parent)


def entries(directory: int) -> Iterator[os.DirEntry[str]]:
    """Yield the entries of a directory, by their names if they are few; memory doesn't grow if they are many."""
    with os.scandir(directory) as found:
        while batch := sorted(islice(found, _AT_A_TIME), key=lambda entry: entry.name):
            yield from batch


@contextmanager
def walked(root: int, parts: Parts) -> Iterator[int]:
    """Open the directory at `parts` below `root`, and close it afterwards."""
    current = os.dup(root)
    try:
        for part in parts:
            current, previous = enter(part, current), current
            os.close(previous)
        yield current
    finally:
        os.close(current)


def is_directory(parts: Parts, root: int) -> bool:
    """Return whether a directory that can be opened is at `parts` below `root`."""
    try:
        with walked(root, parts):
            return True
    except OSError:
        return False


def mode(name: str, directory: int) -> int:
    """Return type and permissions (st_mode) of the entry with this name; 0 without one."""
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return 0


def exists(name: str, directory: int) -> bool:
    """Return whether an entry has this name, a symbolic link included."""
    return mode(name, directory) != 0


def unlink(name: str, directory: int) -> None:
    """Remove a file if it is there."""
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=directory)


def read_start(name: str, directory: int, limit: int) -> bytes:
    """Return at most the first `limit` bytes of a file."""
    file = os.open(name, _FILE, dir_fd=directory)
    try:
        return os.read(file, limit)
    finally:
        os.close(file)
