"""The marker of a destination: a file at its top, written after all others are in place.

A run for the same digest with the same request has nothing to do. The marker binds a digest, not a tag. It records
the digests of the parents too, but no run compares them: a container that restarts serves what it served before,
even if a parent's tag has moved. The marker survives a SIGKILL, but perhaps not a node's crash.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kitserve_initializer.fs.paths import RESERVED

if TYPE_CHECKING:
    from pathlib import Path

NAME = f"{RESERVED}.json"
STAGING = f"{RESERVED}-staging"
"""The folder of a run that isn't over, or was killed."""
REMOVED = f"{RESERVED}-removed"
"""The same folder on its way out."""

_VERSION = 1


@dataclass(frozen=True)
class Request:
    """The ModelKit's digest, and everything that decides which of its files are written to which path.

    `parents` are the digests of the ModelKits that it builds on, as far as they are known.
    """

    digest: str
    filters: tuple[str, ...]
    rule: str
    layout: str
    allow: tuple[str, ...]
    ignore: tuple[str, ...]
    parents: tuple[str, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        """The request as data that JSON can hold."""
        document: dict[str, Any] = json.loads(json.dumps({"version": _VERSION, **asdict(self)}))
        return document


def is_complete(destination: Path, request: Request) -> bool:
    """Return whether the destination holds what the request asks for, and no other run works there."""
    at_work = any((destination / name).exists() for name in (STAGING, REMOVED))
    return not at_work and _is_for(request, load(NAME, destination))


def holds(target: int, request: Request) -> bool:
    """Return whether the directory `target` holds what the request asks for."""
    return _is_for(request, load(NAME, target))


def _is_for(request: Request, found: object) -> bool:
    return isinstance(found, dict) and found | {"parents": None} == request.document | {"parents": None}


def load(name: str, directory: int | Path) -> object:
    """Return the content of one of the initializer's small JSON files; None if it can't be read."""
    path, folder = (name, directory) if isinstance(directory, int) else (str(directory / name), None)
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        with os.fdopen(file, "rb") as stream:
            return json.load(stream)
    except (OSError, ValueError, RecursionError):
        return None


def save(name: str, document: object, workspace: int, directory: int) -> None:
    """Write a small JSON file whole or not at all; `workspace` is a directory of the same file system."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    fresh = f"{name}.new"
    with os.fdopen(os.open(fresh, flags, 0o644, dir_fd=workspace), "w") as stream:
        json.dump(document, stream)
    os.rename(fresh, name, src_dir_fd=workspace, dst_dir_fd=directory)
