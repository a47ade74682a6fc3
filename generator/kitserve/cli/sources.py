"""The sources that a command was given, once more: for the lines that its report shows."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Given:
    """Files by name, and standard input, which can be read only once."""

    _stdin: bytes | None = field(default=None, repr=False)

    def stdin(self) -> bytes:
        """All of standard input. Raises OSError."""
        from kitserve.source import read_bytes

        if self._stdin is None:
            self._stdin = read_bytes("-")
        return self._stdin

    def text(self, name: str) -> str:
        """The text of a source by the name that positions give; empty where it has none."""
        from kitserve.source import STDIN

        if name == STDIN:
            return (self._stdin or b"").decode(errors="replace")
        try:
            return Path(name).read_bytes().decode(errors="replace")
        except (OSError, ValueError):
            return ""
