"""Errors of the file system as errors that end a run."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from kitserve_initializer.errors import DestinationError, DestinationFailure, DiskFull

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def destination_errors(place: str) -> AbstractContextManager[None]:
    """Turn each OSError into one that names `place`.

    Raises:
        DiskFull: if no space is left, or no more of it may be used.
        DestinationError: for any other OSError.
    """
    return _Turned(place)


class _Turned:
    """A class, because each file enters three of them, and a generator takes five times as long."""

    __slots__ = ("_place",)

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, OSError):
            raise _failure(error, self._place) from error


def _failure(error: OSError, place: str) -> DestinationFailure:
    said = error.strerror or type(error).__name__
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"no space left for {place!r} ({said})")
    return DestinationError(f"can't write {place!r}: {said}")
