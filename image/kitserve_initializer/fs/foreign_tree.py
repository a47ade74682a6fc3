"""A directory that another program filled: looked through for what our own unpacking would never have written."""

from __future__ import annotations

import os
import stat

from kitserve_initializer.errors import UnsafeArchive
from kitserve_initializer.fs.directory import enter, entries
from kitserve_initializer.fs.paths import DEPTH_LIMIT, Parts, is_marker, join, require_free


def clean(directory: int, at: Parts = ()) -> int:
    """Remove the markers of earlier unpacks below an open directory, and return how many there were.

    Raises:
        UnsafeArchive: for another name of the initializer's own, for what is neither file nor directory, and for more
            levels than a layer may have.
    """
    markers = 0
    for entry in entries(directory):
        parts = (*at, entry.name)
        kind = entry.stat(follow_symlinks=False).st_mode
        if is_marker(parts) and stat.S_ISREG(kind):
            os.unlink(entry.name, dir_fd=directory)
            markers += 1
            continue
        require_free(parts[-1:])
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            raise UnsafeArchive(f"{join(parts)!r} is neither file nor directory")
        if len(parts) > DEPTH_LIMIT:
            raise UnsafeArchive(f"the path {join(parts)[:80]!r}... is more than {DEPTH_LIMIT} levels deep")
        if stat.S_ISDIR(kind):
            markers += _clean_inside(entry.name, directory, parts)
    return markers


def _clean_inside(name: str, directory: int, parts: Parts) -> int:
    inner = enter(name, directory)
    try:
        return clean(inner, parts)
    finally:
        os.close(inner)
