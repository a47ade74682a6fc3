"""A large blob over several connections: ranges fetched side by side, handed out in order, within bounded memory.

Object stores give each connection some ten megabytes a second, however fast the network is. A blob begins with one
connection for all of it. Whenever most of the time went into waiting for bytes while cores were idle, twice as many
ranges are fetched ahead; where disks and cores take the time it stays with one, and where ranges gain nothing it goes
back to that (`starvation.py`). So it does when a range can't be had, for whatever reason: one connection goes on where
the bytes handed out end, and meets the reason itself.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from contextlib import closing
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol

from kitserve_initializer.errors import Failure
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.registry.starvation import Starvation

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

RANGE = 4 * 1024 * 1024
"""Bytes of a range, all of which may wait in memory for their turn."""

_LARGE = 32 * 1024 * 1024
"""Bytes of a blob from which on more than one connection is worth its requests."""


class Source(Protocol):
    """Where a blob's bytes come from, with as many tries as there is patience for."""

    def __call__(self, begin: int, end: int | None = None) -> Generator[bytes, None, None]:
        """Yield the bytes from `begin` on, up to `end` if it is given.

        Raises:
            RegistryFailure, CorruptContent: if the registry doesn't hand over exactly these.
        """


def fetch(
    source: Source, size: int, slots: threading.Semaphore, begin: int = 0, cores: float = math.inf
) -> Iterator[bytes]:
    """Yield a blob of `size` bytes in order, from `begin` on; each range that is fetched ahead takes one of `slots`.

    `cores` are those that the process may use.
    """
    if 0 < begin == size:
        return
    if size - begin < _LARGE:
        yield from source(begin)
    else:
        with closing(_Blob(source, size, slots, begin, cores)) as blob:
            yield from blob.chunks()


class _Blob:
    """A blob on its way: what lies before `_offset` is handed out, and `_ahead` are the ranges that follow."""

    def __init__(
        self, source: Source, size: int, slots: threading.Semaphore, begin: int, cores: float
    ) -> None:
        self._source = source
        self._size = size
        self._slots = slots
        self._offset = begin
        self._ahead: deque[_Range] = deque()
        self._starvation = Starvation(cores)
        self._refused = False

    def chunks(self) -> Iterator[bytes]:
        while self._offset < self._size:
            yield from self._by_one()
            yield from self._by_ranges()

    def close(self) -> None:
        for each in self._ahead:
            each.leave()
        self._ahead.clear()

    def _by_one(self) -> Iterator[bytes]:
        """Take the rest from one connection, up to the first range ahead once that has begun to come."""
        begun = looked = self._offset
        with closing(self._source(self._offset)) as rest:
            for chunk in self._starvation.clocked(rest):
                if self._offset == begun:
                    self._starvation.begin(begun)  # no other connection would have had its first byte sooner
                if self._ahead and self._offset + len(chunk) >= self._ahead[0].begin and self._has_begun():
                    yield self._handed(chunk[: self._ahead[0].begin - self._offset])
                    return
                yield self._handed(chunk)
                if self._offset >= looked + RANGE:
                    looked = self._offset
                    self._widen(self._ahead[-1].end if self._ahead else self._offset + RANGE)

    def _by_ranges(self) -> Iterator[bytes]:
        while self._ahead:
            try:
                for chunk in self._starvation.clocked(self._ahead[0].chunks()):
                    yield self._handed(chunk)
            except Failure as failure:
                self._give_up(failure)
                return
            self._ahead.popleft().leave()
            self._widen(self._ahead[-1].end if self._ahead else self._offset)

    def _handed(self, chunk: bytes) -> bytes:
        self._offset += len(chunk)
        return chunk

    def _widen(self, begin: int) -> None:
        """Fetch ahead from `begin` on as many ranges as are wanted and have a slot."""
        self._starvation.look(self._offset, len(self._ahead))
        while len(self._ahead) < self._starvation.wanted and begin < self._size and not self._refused:
            if not self._slots.acquire(blocking=False):
                return
            self._ahead.append(_Range(self._source, begin, min(begin + RANGE, self._size), self._slots))
            begin = self._ahead[-1].end

    def _has_begun(self) -> bool:
        try:
            self._ahead[0].wait()
        except Failure as failure:
            self._give_up(failure)
        return bool(self._ahead)

    def _give_up(self, failure: Failure) -> None:
        say(events.RANGES_REFUSED, cause=failure.cause)
        self._refused = True
        self.close()


class _Range:
    """The bytes from `begin` to `end`, fetched by a thread of its own; the slot is free when both sides have parted."""

    def __init__(self, source: Source, begin: int, end: int, slots: threading.Semaphore) -> None:
        self.begin = begin
        self.end = end
        self._source = source
        self._slots = slots
        self._came: SimpleQueue[bytes] = SimpleQueue()
        self._first = b""
        self._failure: BaseException | None = None
        self._left = False
        self._lock = threading.Lock()
        threading.Thread(target=self._fetch, daemon=True).start()

    def wait(self) -> None:
        """Wait for the first bytes.

        Raises:
            Failure: if there are none.
        """
        self._first = self._first or self._next()

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes as they come.

        Raises:
            Failure: if not all of them do.
        """
        self.wait()
        while self._first:
            yield self._first
            self._first = self._next()

    def leave(self) -> None:
        """Take no more of it."""
        self._part()

    def _next(self) -> bytes:
        chunk = self._came.get()
        if not chunk and self._failure:
            raise self._failure
        return chunk

    def _fetch(self) -> None:
        try:
            with closing(self._source(self.begin, self.end)) as chunks:
                for chunk in chunks:
                    self._came.put(chunk)
                    if self._left:
                        break
        except BaseException as failure:  # noqa: BLE001 - raised again in the thread that takes
            self._failure = failure
        self._came.put(b"")
        self._part()

    def _part(self) -> None:
        with self._lock:
            if self._left:
                self._slots.release()
            self._left = True
