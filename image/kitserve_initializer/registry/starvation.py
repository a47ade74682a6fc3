"""How many ranges of a blob to fetch ahead, by how long its taker waits for bytes, and what ranges have gained."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from kitserve_initializer.concurrency.shares import RANGES_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

_STARVED = 0.75
"""The part of the time spent waiting for bytes that makes it worth to fetch more of them ahead."""

_BUSY = 0.5
"""The part of the cores' time from which on they are what is waited for: more connections only cost more of it. A
container that has used up its quota waits too, and so does a thread for another one."""

_TRIED = 8
"""Ranges after which it is looked at what they gain, if half as many lay ahead on average."""

_GAIN = 1.5
"""How many times faster than over one connection a blob has to come: a range costs a request, and half as much CPU
again for its bytes."""


class Starvation:
    """`wanted` is the number of ranges to fetch ahead. `cores` are those that the process may use."""

    def __init__(self, cores: float) -> None:
        self.wanted = 0
        self._cores = cores
        self._single = 0.0
        """Bytes per second over one connection, when it was found too slow."""
        self._most = RANGES_LIMIT
        self._judged = False
        self._ahead: list[int] = []
        """How many ranges lay ahead at each look of a trial."""
        self.begin(0)

    def begin(self, offset: int) -> None:
        """Begin the time that the next look is about."""
        self._offset = offset
        self._since, self._used, self._waited = time.monotonic(), time.process_time(), 0.0

    def clocked(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the chunks, and count the time until each is there."""
        while True:
            begun = time.monotonic()
            chunk = next(chunks, None)
            self._waited += time.monotonic() - begun
            if chunk is None:
                return
            yield chunk

    def look(self, offset: int, ahead: int) -> None:
        """Look at the bytes up to `offset`, while so many ranges lay ahead."""
        if self._is_starved():
            self._single = self._single or self._pace(self._since, self._offset, offset)
            self.wanted = min(self._most, max(1, 2 * self.wanted))
        if ahead and not self._judged:
            self._try(offset, ahead)
        self.begin(offset)

    def _is_starved(self) -> bool:
        seconds, used = time.monotonic() - self._since, time.process_time() - self._used
        return self._waited > _STARVED * seconds and used < _BUSY * self._cores * seconds

    def _try(self, offset: int, ahead: int) -> None:
        """Count a range of a trial, and at its end give ranges up if they gain too little."""
        if not self._ahead:
            self._trial = (self._since, self._offset)
        self._ahead.append(ahead)
        if len(self._ahead) < _TRIED:
            return
        if sum(self._ahead) * 2 >= _TRIED * _TRIED:
            self._judged = True
            if self._pace(*self._trial, offset) < _GAIN * self._single:
                self.wanted = self._most = 0
        self._ahead.clear()

    @staticmethod
    def _pace(since: float, begin: int, offset: int) -> float:
        return (offset - begin) / max(time.monotonic() - since, 0.001)
