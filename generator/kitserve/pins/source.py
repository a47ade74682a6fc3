"""Offsets in a text of the places that a YAML parser tells."""

import re
from functools import cached_property

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML 1.1."""
_MARK = "\ufeff"


class Source:
    """A file's text as it is, byte order marks and ends of lines too."""

    def __init__(self, text: str) -> None:
        self.text = text

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a place, which counts from 1. The parser got no byte order mark that begins a line."""
        start = self._starts[line - 1]
        return start + column - 1 + self.text.startswith(_MARK, start)

    def end_of_line(self, offset: int) -> tuple[int, str]:
        """Return where the line of an offset ends, and what ends it: a line feed if nothing does."""
        match = _BREAK.search(self.text, offset)
        return (match.start(), match[0]) if match else (len(self.text), "\n")

    def indent(self, offset: int) -> str | None:
        """Return the blanks before an offset on its line; None if there is anything else."""
        start = max(each for each in self._starts if each <= offset)
        before = self.text[start:offset]
        return before if not before.strip(" ") else None

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _BREAK.finditer(self.text))]
