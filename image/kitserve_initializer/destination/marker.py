"""The marker of a destination: a file at its top, written after all others are in place.

A run for the same digest that asks for the same has nothing left to do. The marker binds a digest, not a tag. It tells
the digests of the parents too, but they aren't compared, unless a digest is demanded and they are named by tags: what a
pod was served with serves it when it starts again, though a parent's tag has moved. It outlives a SIGKILL, and doesn't
promise to outlive a node's crash.

A destination that is marked takes no other digest, whatever -o and -i say: where the volume outlives the pod, others
may be serving what is there, and files of two ModelKits beside each other would be neither of them.

Whoever may write to the volume may write a marker too, beside other files than it says (SECURITY.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.destination.names import REMOVED, STAGING
from kitserve_initializer.destination.request import is_document
from kitserve_initializer.errors import OtherModelKit
from kitserve_initializer.fs.json_file import load
from kitserve_initializer.fs.reserved_names import MARKER

if TYPE_CHECKING:
    from pathlib import Path

    from kitserve_initializer.destination.request import Request


def is_complete(destination: Path, request: Request) -> bool:
    """Return whether the destination holds what the request asks for, and no other run works there."""
    at_work = any((destination / name).exists() for name in (STAGING, REMOVED))
    return not at_work and request.is_met_by(load(MARKER, destination))


def lacks_verification(target: int, request: Request) -> bool:
    """Tell whether the directory `target` holds what is asked for, verified by another policy or not at all."""
    return request.is_met_but_for_verification(load(MARKER, target))


def lacks_comparison(target: int, request: Request) -> bool:
    """Tell whether `target` holds what is asked for, in bytes that have to be verified and weren't."""
    return request.is_met_but_for_bytes(load(MARKER, target))


def holds(target: int, request: Request) -> bool:
    """Tell whether the directory `target` holds what is asked for."""
    return request.is_met_by(load(MARKER, target))


def refuse_another(target: int, request: Request, destination: Path) -> None:
    """Check that the directory `target`, whose path is `destination`, isn't marked as another ModelKit's.

    Raises:
        OtherModelKit: naming both digests.
    """
    found = load(MARKER, target)
    if is_document(found) and found["digest"] != request.digest:
        raise OtherModelKit(
            f"{str(destination)!r} holds {found['digest']}, and {request.digest} is asked for"
        )
