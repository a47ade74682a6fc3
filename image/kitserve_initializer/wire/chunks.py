"""A chunked body (RFC 9112, 7.1), of which everything that came is handed out before a fault is raised."""

from __future__ import annotations

import re
from http.client import HTTPException, IncompleteRead
from typing import TYPE_CHECKING

from kitserve_initializer.wire.pace import HEAD_BYTES

if TYPE_CHECKING:
    from io import BufferedIOBase

_LINE_BYTES = 64 * 1024
"""Of the line with a chunk's size, its extensions included."""

_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\r?\n", re.DOTALL)


class ChunkedBody:
    """What comes in chunks out of `stream`, without their sizes, extensions and trailers."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self._left = 0
        self._begun = False
        self._fault: HTTPException | None = None
        self.is_over = False

    def read(self, count: int) -> bytes:
        """Return `count` bytes, or fewer before the end or a fault.

        Raises:
            IncompleteRead, HTTPException: if nothing is left and the last chunk hasn't come, or no chunk follows.
        """
        pieces: list[bytes] = []
        try:
            while count and self._next():
                pieces.append(self._piece(count))
                count -= len(pieces[-1])
        except HTTPException as fault:
            self._fault = fault
            if not pieces:
                raise
        return b"".join(pieces)

    def _piece(self, count: int) -> bytes:
        piece = self._stream.read(min(count, self._left))
        if not piece:
            raise IncompleteRead(b"")
        self._left -= len(piece)
        return piece

    def _next(self) -> bool:
        """Begin a chunk unless one is under way; False behind the last one."""
        if self._fault:
            raise self._fault
        if self._left or self.is_over:
            return not self.is_over
        if self._begun and self._line() not in (b"\r\n", b"\n"):
            raise HTTPException("a chunk is longer than its size")
        match = _SIZE.fullmatch(self._line())
        if not match:
            raise HTTPException("a chunk without a size")
        self._begun, self._left = True, int(match[1], 16)
        if not self._left:
            self._skip_trailers()
        return not self.is_over

    def _skip_trailers(self) -> None:
        """Read up to the empty line; some servers just hang up in its place."""
        left = HEAD_BYTES
        while self._stream.readline(_LINE_BYTES).rstrip(b"\r\n") and left > 0:
            left -= _LINE_BYTES
        self.is_over = True

    def _line(self) -> bytes:
        line = self._stream.readline(_LINE_BYTES)
        if not line.endswith(b"\n") and len(line) < _LINE_BYTES:
            raise IncompleteRead(line)
        return line
