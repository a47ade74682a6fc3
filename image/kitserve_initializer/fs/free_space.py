"""The space of a file system: what is free, and what a directory has of it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from kitserve_initializer.errors import DiskFull
from kitserve_initializer.fs.directory import enter, entries
from kitserve_initializer.log.amounts import apart

_BLOCK = 512
"""Bytes of the unit of st_blocks (stat(2))."""


def require(size: int, directory: int, what: str) -> None:
    """Check that a directory's file system has room for `size` bytes, if it says how much it has.

    Raises:
        DiskFull: naming the needed and the free bytes.
    """
    try:
        status = os.statvfs(directory)
    except OSError:
        return  # of a file system in user space that doesn't know
    free = status.f_bavail * status.f_frsize
    # Some network file systems report no blocks at all.
    if status.f_blocks and size > free:
        needed, there = apart(size, free)
        raise DiskFull(f"{what} needs {needed}, and {there} are free")


def used(name: str, parent: int) -> int:
    """Return the bytes that the files below a directory take, as far as they can be looked at; 0 if it is none."""
    with suppress(OSError, RecursionError):
        directory = enter(name, parent)
        try:
            return sum(_used(entry, directory) for entry in entries(directory))
        finally:
            os.close(directory)
    return 0


def _used(entry: os.DirEntry[str], directory: int) -> int:
    if entry.is_dir(follow_symlinks=False):
        return used(entry.name, directory)
    status = entry.stat(follow_symlinks=False)
    # A file of holes takes less than its size; a file system that counts no blocks says 0 of them.
    taken = min(status.st_size, status.st_blocks * _BLOCK) if status.st_blocks else status.st_size
    return taken if stat.S_ISREG(status.st_mode) else 0
