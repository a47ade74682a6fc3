"""The progress of a run: a line every ten seconds, or after each twentieth of all bytes if that is earlier.

Each thread has its own counter, with one addition for each chunk and no lock; a report adds them up.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Self

from kitserve_initializer.log import PROGRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

EVERY_SECONDS = 10.0
LOOK_SECONDS = 1.0
"""How often the counters are looked at: what is over sooner says nothing."""

_STEPS = 20


class Counter:
    """Bytes that one thread has fetched."""

    __slots__ = ("bytes",)

    def __init__(self) -> None:
        self.bytes = 0


class Progress:
    """Reports on `total` bytes during its `with`, from its own thread."""

    def __init__(self, total: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self._clock = clock
        self._counters: list[Counter] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._report, daemon=True)
        self._said = (clock(), 0)

    def __enter__(self) -> Self:
        self._said = (self._clock(), 0)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def counter(self) -> Counter:
        """Return a counter for one thread."""
        counter = Counter()
        self._counters.append(counter)
        return counter

    def look(self) -> None:
        """Write a line if one is due."""
        now, done = self._clock(), sum(counter.bytes for counter in self._counters)
        before, then = self._said
        late = now - before >= EVERY_SECONDS
        if not late and (done - then) * _STEPS < self.total:
            return
        self._said = now, done
        rate = (done - then) / max(now - before, 0.001)
        left = (self.total - done) / rate if rate else None
        fields = {"bytes": done, "total": self.total, "rate": round(rate), "left": left and round(left)}
        PROGRESS.info(
            "%s of %s (%d%%), %s/s, %s",
            _size(done),
            _size(self.total),
            100 * done // max(self.total, 1),
            _size(rate),
            "no byte comes" if left is None else f"{_duration(left)} left",
            extra={"fields": fields},
        )

    def _report(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self.look()


def counted(chunks: Iterable[bytes], counter: Counter) -> Iterator[bytes]:
    """Yield the chunks, and count their bytes."""
    for chunk in chunks:
        counter.bytes += len(chunk)
        yield chunk


def _size(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            break
        count /= 1024
    return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
