"""Progress on a terminal: one line that is written over and over; nothing where nobody looks."""

import sys
import time
from contextlib import suppress
from typing import Self, TextIO

_EVERY_SECONDS = 0.25


class Progress:
    """Shows, during its `with`, how many bytes of all are read, how quickly, and what is left.

    Its own stream is standard error itself: others write whole lines, and this one writes none.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.__stderr__
        self._shows = bool(self._stream and self._stream.isatty())
        self._begun = self._shown = time.monotonic()
        self._is_dirty = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_dirty:
            self._write("\r\x1b[K")

    def __call__(self, done: int, total: int) -> None:
        """Take the bytes that are read, and all that there are."""
        if not self._shows:
            return
        from kitserve.image.publishing.sentences import reading

        now = time.monotonic()
        if now - self._shown >= _EVERY_SECONDS:
            self._shown, self._is_dirty = now, True
            self._write(f"\r\x1b[K{reading(done, total, now - self._begun)}")

    def _write(self, text: str) -> None:
        with suppress(OSError):
            if self._stream:
                self._stream.write(text)
                self._stream.flush()
