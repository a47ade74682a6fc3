"""The pace of an answer: its head within a time and a size, its body at a floor of speed."""

from __future__ import annotations

import io
import time
from http.client import HTTPException
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD_SECONDS = 60
"""From the first byte of a head to its last."""

HEAD_BYTES = 512 * 1024
"""Of the heads of an answer, interim ones (1xx) included."""

INTERIM_ANSWERS = 32
"""Answers 1xx before the final one."""

FLOOR = 1024
"""Bytes per second, counted from the first byte on while we wait for bytes: not while ours is the slower end."""

FLOOR_SECONDS = 60
"""The time over which the floor counts."""


class TooSlowError(TimeoutError):
    """Bytes come, and too few of them."""


class EndlessHeadError(HTTPException):
    """The head of an answer has no end within its bounds."""


class PacedReader(io.RawIOBase):
    """What comes out of a socket. It begins with a head; `begin_body` says where that ends."""

    def __init__(self, raw: io.RawIOBase) -> None:
        super().__init__()
        self._raw = raw
        self._in_head = True
        self._head_since = 0.0
        self._head_size = 0
        self._waited = 0.0
        self._came = 0

    def begin_head(self) -> None:
        """Count the time of a further head; the size goes on."""
        self._head_since = 0.0

    def begin_body(self) -> None:
        """Hold what follows to the floor of speed."""
        self._in_head = False

    def readable(self) -> bool:
        """Return True, as io wants it."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        """Read as a raw stream does.

        Raises:
            TooSlowError, EndlessHeadError: if the answer leaves its bounds.
        """
        begun = time.monotonic()
        count: int | None = self._raw.readinto(buffer)
        now = time.monotonic()
        if count and self._in_head:
            self._watch_head(count, now)
        elif count:
            self._watch_body(count, now - begun)
        return count

    def close(self) -> None:
        """Close the socket's own stream too."""
        self._raw.close()
        super().close()

    def _watch_head(self, count: int, now: float) -> None:
        self._head_since = self._head_since or now
        self._head_size += count
        if self._head_size > HEAD_BYTES:
            raise EndlessHeadError(f"headers of more than {HEAD_BYTES} bytes")
        if now - self._head_since > HEAD_SECONDS:
            raise TooSlowError(f"headers take more than {HEAD_SECONDS} seconds")

    def _watch_body(self, count: int, waited: float) -> None:
        self._waited += waited
        self._came += count
        if self._waited < FLOOR_SECONDS:
            return
        if self._came < FLOOR * self._waited:
            raise TooSlowError(f"less than {FLOOR} bytes per second come")
        self._waited, self._came = 0.0, 0
