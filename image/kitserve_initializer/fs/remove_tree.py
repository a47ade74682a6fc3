"""Removal of directories with their content, in memory that doesn't grow with it."""

from __future__ import annotations

import os
from contextlib import suppress

from kitserve_initializer.fs.directory import enter, entries


def remove(name: str, parent: int) -> bool:
    """Remove a file, or a directory with its content, as far as possible; return whether it is gone."""
    try:
        os.unlink(name, dir_fd=parent)
    except FileNotFoundError:
        return True
    except OSError:
        return _remove_directory(name, parent)
    return True


def _remove_directory(name: str, parent: int) -> bool:
    with suppress(OSError, RecursionError):
        directory = enter(name, parent)
        try:
            # Entries that vanish during a listing may hide others (POSIX, readdir).
            while _emptied(directory):
                pass
        finally:
            os.close(directory)
        os.rmdir(name, dir_fd=parent)
        return True
    return False


def _emptied(directory: int) -> bool:
    """Remove what can be removed; return whether that was anything."""
    found = False
    for entry in entries(directory):
        gone = _remove_directory if entry.is_dir(follow_symlinks=False) else remove
        found |= gone(entry.name, directory)
    return found
