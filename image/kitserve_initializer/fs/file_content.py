"""The content of a file, written as it comes. What the file holds already is compared, and written where it differs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kitserve_initializer.fs.os_errors import destination_errors
from kitserve_initializer.fs.preallocate import reserved
from kitserve_initializer.fs.write_behind import written_behind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Piece = memoryview | bytes


def fill(file: int, content: Iterable[Piece], size: int, what: str, *, spills: bool = False) -> None:
    """Make the content of an open file what comes; `size` is its size if it is known, and `what` names it in errors.

    `spills` says that it is part of more than memory holds.

    Raises:
        DestinationFailure: if it can't be written.
    """
    with destination_errors(what):
        held = os.fstat(file).st_size
    overlay = _Overlay(file, held) if held else None
    write: Callable[[Piece], None] = overlay.write if overlay else lambda piece: _write(file, piece)
    pieces = reserved(file, size, content)
    for piece in written_behind(file, pieces) if spills else pieces:
        with destination_errors(what):
            write(piece)
    if overlay:
        with destination_errors(what):
            overlay.end()


class _Overlay:
    """A file of `held` bytes, over which others are laid from its begin on."""

    def __init__(self, file: int, held: int) -> None:
        self._file = file
        self._held = held
        self._offset = 0

    def write(self, piece: Piece) -> None:
        if self._offset >= self._held or os.pread(self._file, len(piece), self._offset) != bytes(piece):
            os.lseek(self._file, self._offset, os.SEEK_SET)
            _write(self._file, piece)
        self._offset += len(piece)

    def end(self) -> None:
        os.ftruncate(self._file, self._offset)


def _write(file: int, piece: Piece) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(file, rest) :]
