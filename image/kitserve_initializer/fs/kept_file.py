"""Bytes kept on disk for the time that they are needed more than once, in a file that has no name."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from kitserve_initializer.fs.remove_tree import remove

if TYPE_CHECKING:
    from collections.abc import Iterator

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_STEP = 256 * 1024


class KeptFile:
    """A file in a directory, whose name is taken away at once; a context manager, at whose end its bytes are gone."""

    def __init__(self, name: str, directory: int) -> None:
        remove(name, directory)
        self._file = os.open(name, _FLAGS, 0o600, dir_fd=directory)
        with suppress(OSError):  # where an open file has to keep its name, it goes with its directory
            os.unlink(name, dir_fd=directory)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the bytes go."""
        os.close(self._file)

    def add(self, piece: bytes) -> None:
        """Write a piece behind the others."""
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(self._file, rest) :]

    def chunks(self) -> Iterator[bytes]:
        """Yield all that was written, from its begin."""
        offset = 0
        while piece := os.pread(self._file, _STEP, offset):
            offset += len(piece)
            yield piece
