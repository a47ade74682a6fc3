"""Pages of a file, given to the disk behind its writer, where memory can't hold all that is written.

A container's memory limit counts pages of files. Once they fill it, each further page waits until the kernel has found,
written and freed another one (docs/decisions/0050).
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Piece = memoryview | bytes

STEP = 16 * 1024 * 1024
"""Bytes that the disk gets at a time."""

KEPT = 256 * 1024 * 1024
"""Bytes behind the writer that stay in memory: time for the disk, and what the model's server reads without it."""


def written_behind(file: int, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield what the caller writes to a file from its begin on, and have the disk follow."""
    came = asked = 0
    for piece in pieces:
        yield piece
        came += len(piece)
        if came - asked >= STEP:
            _follow(file, asked, came)
            asked = came


def _follow(file: int, begin: int, end: int) -> None:
    """Start to write pages, and free those further back: the advice does the first to pages that aren't on the disk."""
    with suppress(OSError):  # a file system that takes no advice
        os.posix_fadvise(file, begin, end - begin, os.POSIX_FADV_DONTNEED)
        if end > KEPT:
            os.posix_fadvise(file, 0, end - KEPT, os.POSIX_FADV_DONTNEED)
