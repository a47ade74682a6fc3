"""What goes on while a command waits: lines that a terminal shows in one place, and a log when they change."""

import shutil
import sys
from contextlib import suppress
from typing import Self, TextIO


class Live:
    """Shows lines during its `with`. Its own stream is standard error itself, past what cleans the lines of others."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.__stderr__
        self._rewrites = bool(self._stream and self._stream.isatty())
        self._lines: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._rewrites:
            self._write(self._erasure())

    def __call__(self, lines: list[str]) -> None:
        """Show lines in the place of those before; where nothing can be written over, those that are new."""
        if not self._rewrites:
            self._write("".join(f"{line}\n" for line in lines if line not in self._lines))
            self._lines = lines
            return
        size = shutil.get_terminal_size()
        shown = [line[: size.columns - 1] for line in lines[: size.lines - 1]]
        self._write(self._erasure() + "".join(f"{line}\n" for line in shown))
        self._lines = shown

    def _erasure(self) -> str:
        """Return what clears the lines that are shown."""
        return f"\x1b[{len(self._lines)}A\r\x1b[J" if self._lines else ""

    def _write(self, text: str) -> None:
        with suppress(OSError):
            if self._stream and text:
                self._stream.write(text)
                self._stream.flush()
