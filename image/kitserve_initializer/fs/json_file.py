"""Small JSON files of the initializer's own: read if they can be, written whole or not at all.

They lie on volumes that others may write to: what is no regular file, too large or no JSON is as good as absent.
"""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

from kitserve_initializer.fs.remove_tree import remove

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 2 * 1024 * 1024
"""Bytes that a file has at most: JSON made to fill memory takes twenty times as much of it."""

_STEP = 64 * 1024
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def load(name: str, directory: int | Path) -> object:
    """Return the content of a JSON file; None if it can't be read."""
    path, folder = (name, directory) if isinstance(directory, int) else (str(directory / name), None)
    try:
        body = _read(path, folder)
        return None if body is None else json.loads(body)
    except (OSError, ValueError, RecursionError):
        return None


def save(name: str, document: object, scratch: int, directory: int) -> None:
    """Write a JSON file in the directory `scratch`, and rename it into `directory`, of the same file system."""
    fresh = f"{name}.new"
    remove(fresh, scratch)
    with os.fdopen(os.open(fresh, _WRITE, 0o644, dir_fd=scratch), "w") as stream:
        json.dump(document, stream)
    os.rename(fresh, name, src_dir_fd=scratch, dst_dir_fd=directory)


def _read(path: str, folder: int | None) -> bytes | None:
    """Read a regular file; None if it is anything else, or larger than it may be."""
    file = os.open(path, _READ, dir_fd=folder)
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LIMIT:
            return None
        body = b""
        while piece := os.read(file, min(_STEP, LIMIT + 1 - len(body))):
            body += piece
    finally:
        os.close(file)
    return body if len(body) <= LIMIT else None
