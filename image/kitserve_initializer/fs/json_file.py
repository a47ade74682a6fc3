"""The initializer's own small JSON files: read if possible, written whole or not at all."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


def load(name: str, directory: int | Path) -> object:
    """Return the content of a JSON file; None if it can't be read."""
    path, folder = (name, directory) if isinstance(directory, int) else (str(directory / name), None)
    try:
        file = os.open(path, _READ, dir_fd=folder)
        with os.fdopen(file, "rb") as stream:
            return json.load(stream)
    except (OSError, ValueError, RecursionError):
        return None


def save(name: str, document: object, scratch: int, directory: int) -> None:
    """Write a JSON file in the directory `scratch`, and rename it into `directory`, of the same file system."""
    fresh = f"{name}.new"
    with os.fdopen(os.open(fresh, _WRITE, 0o644, dir_fd=scratch), "w") as stream:
        json.dump(document, stream)
    os.rename(fresh, name, src_dir_fd=scratch, dst_dir_fd=directory)
