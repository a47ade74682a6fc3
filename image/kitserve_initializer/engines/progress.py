"""The progress of a run: a line every ten seconds, or after each twentieth of all bytes if that is earlier.

Each thread has its own counter, with one addition for each chunk and no lock; a report adds them up.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Self

from kitserve_initializer.log import events
from kitserve_initializer.log.lines import EVERY_SECONDS, LOOK_SECONDS, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_STEPS = 20
_MEMORY_SECONDS = 60.0
"""After this time a second counts e times less for the rate. The time left follows a network that changes for minutes,
and not one that stutters."""
_STALL_SECONDS = 10.0
"""A time without a byte counts for the rate up to here: chunks of a slow connection lie apart, and a stall says nothing
of what comes after it."""


class Counter:
    """Bytes that one thread has: those it `fetched`, and those it `kept` of a run before."""

    __slots__ = ("fetched", "kept")

    def __init__(self) -> None:
        self.fetched = 0
        self.kept = 0

    def keep(self, count: int) -> None:
        """Count bytes of a run before, which pass by `counted` like those that are fetched."""
        self.kept += count
        self.fetched -= count


class Rate:
    """Bytes per second: an exponentially weighted average, in which the first seconds count in full."""

    def __init__(self) -> None:
        self._bytes = 0.0
        self._seconds = 0.0

    def add(self, count: int, seconds: float) -> None:
        """Count bytes that came within the time since those before."""
        seconds = min(seconds, _STALL_SECONDS)
        faded = math.exp(-seconds / _MEMORY_SECONDS)
        self._bytes = self._bytes * faded + count
        self._seconds = self._seconds * faded + seconds

    @property
    def per_second(self) -> float:
        """The rate; 0 before the first byte."""
        return self._bytes / max(self._seconds, 0.001)


class Progress:
    """Reports on `total` bytes during its `with`, from its own thread; `kept` of them are there from a run before.

    While `is_awaited` says that the log tells already what is waited for, a stall isn't told too.
    """

    def __init__(
        self,
        total: int,
        kept: int = 0,
        clock: Callable[[], float] = time.monotonic,
        is_awaited: Callable[[], bool] = lambda: False,
    ) -> None:
        self._total = total
        self._kept = kept
        self._clock = clock
        self._is_awaited = is_awaited
        self._counters: list[Counter] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._report, daemon=True)
        self._rate = Rate()
        self._begin()

    def __enter__(self) -> Self:
        self._begin()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _begin(self) -> None:
        now = self._clock()
        self._came = now, 0
        self._said = now, self._kept

    @property
    def fetched(self) -> int:
        """Bytes that came in this run."""
        return sum(counter.fetched for counter in self._counters)

    def counter(self) -> Counter:
        """Return a counter for one thread."""
        counter = Counter()
        self._counters.append(counter)
        return counter

    def look(self) -> None:
        """Look at the counters, and write a line if one is due."""
        now, fetched = self._clock(), self.fetched
        came, count = self._came
        if fetched > count:
            self._rate.add(fetched - count, now - came)
            self._came = now, fetched
        done = fetched + self._kept + sum(counter.kept for counter in self._counters)
        before, then = self._said
        if now - before >= EVERY_SECONDS or (done - then) * _STEPS >= self._total:
            self._said = now, done
            self._say(done, now, is_stalled=done == then)

    def _say(self, done: int, now: float, *, is_stalled: bool) -> None:
        shown = {"bytes": done, "total_bytes": self._total, "percent": 100 * done // max(self._total, 1)}
        rate = self._rate.per_second
        if is_stalled and self._is_awaited():
            return
        if is_stalled:
            say(events.STALLED, **shown, seconds=now - self._came[0])
        elif rate:
            left = max(self._total - done, 0) / rate
            say(events.PROGRESS, **shown, bytes_per_second=round(rate), seconds_left=round(left))
        else:
            say(events.VERIFYING_KEPT, **shown)

    def _report(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self.look()


def counted(chunks: Iterable[bytes], counter: Counter) -> Iterator[bytes]:
    """Yield the chunks, and count their bytes."""
    for chunk in chunks:
        counter.fetched += len(chunk)
        yield chunk
