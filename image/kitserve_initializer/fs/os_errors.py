"""Errors of the file system as errors that end a run."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kitserve_initializer.errors import DestinationError, DestinationFailure, DiskFull

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def destination_errors(place: str) -> Iterator[None]:
    """Turn each OSError into one that names `place`.

    Raises:
        DiskFull: if no space is left, or no more of it may be used.
        DestinationError: for any other OSError.
    """
    try:
        yield
    except OSError as error:
        raise _failure(error, place) from error


def _failure(error: OSError, place: str) -> DestinationFailure:
    said = error.strerror or type(error).__name__
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"no space left for {place!r} ({said})")
    return DestinationError(f"can't write {place!r}: {said}")
