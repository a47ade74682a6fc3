"""Streams that say that they are terminals."""

import io


class Terminal(io.StringIO):
    """One that keeps what it shows."""

    def isatty(self) -> bool:
        return True


class Closed(Terminal):
    """One that takes nothing."""

    def write(self, _: str) -> int:
        raise OSError("gone")
