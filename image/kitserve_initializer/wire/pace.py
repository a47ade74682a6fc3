"""The pace of an answer: its head within a time and a size, its body without silence and at a floor of speed."""

from __future__ import annotations

import io
import time
from http.client import HTTPException
from typing import TYPE_CHECKING

from kitserve_initializer.log.amounts import size

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import WriteableBuffer

STALL_SECONDS = 20
"""The longest silence between two bytes of a body."""

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


class HeadError(HTTPException):
    """The head of an answer has no end within its bounds, or contradicts itself."""


def _forever(_: float | None) -> None:
    """Set no limit."""


class PacedReader(io.RawIOBase):
    """What comes out of a socket. It begins with a head; `begin_body` says where that ends.

    A fault in a head is raised. One in a body is kept in `fault`, and the stream ends: whatever came before it stays
    with the reader above, which a raise would make forget it. `limit` sets the socket's time limit, and `patience` is
    how many seconds the first byte of the final head may take, and that of the body: some caches send a head before
    they have anything else.
    """

    def __init__(
        self,
        raw: io.RawIOBase,
        limit: Callable[[float | None], None] = _forever,
        patience: float | None = None,
    ) -> None:
        super().__init__()
        self.fault: OSError | None = None
        self._raw = raw
        self._limit = limit
        self._deadline = None if patience is None else time.monotonic() + patience
        self._in_head = True
        self._head_since = 0.0
        self._head_size = 0
        self._last = b""
        self._awaits_body = False
        self._waited = 0.0
        self._came = 0

    def begin_head(self) -> None:
        """Count the time of a further head; its size, and the patience for its first byte, go on."""
        self._head_since = 0.0
        if self._deadline is not None:
            self._limit(max(0.001, self._deadline - time.monotonic()))

    def begin_body(self) -> None:
        """Hold what follows to the floor of speed, once something follows."""
        self._in_head = False
        self._awaits_body = self._deadline is not None and self._last.endswith((b"\n\r\n", b"\n\n"))
        left = self._deadline - time.monotonic() if self._awaits_body and self._deadline else 0
        self._limit(max(STALL_SECONDS, left))

    def readable(self) -> bool:
        """Return True, as io wants it."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        """Read as a raw stream does.

        Raises:
            OSError, HeadError: if the head breaks, or leaves its bounds.
        """
        if self._in_head:
            count: int | None = self._raw.readinto(buffer)
            self._last = (self._last + bytes(memoryview(buffer)[: count or 0])[-3:])[-3:]
            self._watch_head(count or 0)
            return count
        return self._read_body(buffer)

    def _read_body(self, buffer: WriteableBuffer) -> int | None:
        count: int | None = 0
        begun = time.monotonic()
        try:
            if not self.fault:
                count = self._raw.readinto(buffer)
                if self._awaits_body:
                    self._awaits_body, begun = False, time.monotonic()
                    self._limit(STALL_SECONDS)
                self._watch_body(count or 0, time.monotonic() - begun)
        except OSError as fault:
            self.fault = fault
        return count

    def close(self) -> None:
        """Close the socket's own stream too."""
        self._raw.close()
        super().close()

    def _watch_head(self, count: int) -> None:
        now = time.monotonic()
        if count and not self._head_since:
            self._head_since = now
            self._limit(HEAD_SECONDS)
        self._head_size += count
        if self._head_size > HEAD_BYTES:
            raise HeadError(f"headers of more than {size(HEAD_BYTES)}")
        if count and now - self._head_since > HEAD_SECONDS:
            raise TooSlowError(f"headers take more than {HEAD_SECONDS} seconds")

    def _watch_body(self, count: int, waited: float) -> None:
        self._waited += waited
        self._came += count
        if not count or self._waited < FLOOR_SECONDS:
            return
        if self._came < FLOOR * self._waited:
            raise TooSlowError(f"less than {size(FLOOR)} per second come")
        self._waited, self._came = 0.0, 0
