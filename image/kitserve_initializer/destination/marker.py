"""The marker of a destination: a file at its top, written after all others are in place.

A run for the same digest with the same request has nothing to do. The marker binds a digest, not a tag. It records
the digests of the parents too, but no run compares them: a container that restarts serves what it served before,
even if a parent's tag has moved. The marker survives a SIGKILL, but perhaps not a node's crash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.destination.names import MARKER, REMOVED, STAGING
from kitserve_initializer.fs.json_file import load

if TYPE_CHECKING:
    from pathlib import Path

    from kitserve_initializer.destination.request import Request


def is_complete(destination: Path, request: Request) -> bool:
    """Return whether the destination holds what the request asks for, and no other run works there."""
    at_work = any((destination / name).exists() for name in (STAGING, REMOVED))
    return not at_work and _is_for(request, load(MARKER, destination))


def holds(target: int, request: Request) -> bool:
    """Return whether the directory `target` holds what the request asks for."""
    return _is_for(request, load(MARKER, target))


def _is_for(request: Request, found: object) -> bool:
    return isinstance(found, dict) and found | {"parents": None} == request.document | {"parents": None}
