"""Paths that are new in the destination, for removal if the move fails: a few in memory, more in a file."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from kitserve_initializer.destination.names import MOVED
from kitserve_initializer.errors import UnsafeArchive
from kitserve_initializer.fs.paths import Parts, join, split

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = 256 * 1024
"""Bytes of paths that stay in memory."""

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


class RollbackLog:
    """Paths in no order; one may come twice. What doesn't fit into memory goes to a file in the directory `staging`."""

    def __init__(self, staging: int) -> None:
        self._staging = staging
        self._held = bytearray()
        self._file = -1
        self._spilled: list[int] = []
        """Bytes of each part of the file, which holds whole paths."""

    def add(self, parts: Parts) -> None:
        """Record a path.

        Raises:
            OSError: if there is no space for it; earlier paths stay recorded.
        """
        self._held += os.fsencode(join(parts)) + b"\0"
        if len(self._held) >= ROOM:
            self._spill()

    def paths(self) -> Iterator[Parts]:
        """Yield the paths; what somebody else wrote into the file is no path of ours if a layer couldn't have it."""
        yield from _paths(bytes(self._held))
        offset = 0
        for size in self._spilled:
            yield from _paths(os.pread(self._file, size, offset))
            offset += size

    def close(self) -> None:
        """Forget them."""
        if self._file >= 0:
            os.close(self._file)

    def _spill(self) -> None:
        if self._file < 0:
            self._file = os.open(MOVED, _FLAGS, 0o600, dir_fd=self._staging)
        offset, held = sum(self._spilled), memoryview(bytes(self._held))
        done = 0
        while done < len(held):
            done += os.pwrite(self._file, held[done:], offset + done)
        self._spilled.append(len(held))
        self._held.clear()


def _paths(text: bytes) -> Iterator[Parts]:
    for path in text.split(b"\0")[:-1]:
        with suppress(UnsafeArchive):
            if parts := split(os.fsdecode(path)):
                yield parts
