"""Lines that are printed: nothing in them speaks to a terminal or to the runner of a CI job.

What is printed holds names and texts of others, and a runner obeys lines that it finds in a log: GitHub's and Azure's
`##[error]` and `##vso[…]` anywhere in a line, GitHub's `::error::` at its start, GitLab's sections by escape codes.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, TextIO

_BETWEEN_HASHES = re.compile(r"#(?=#)")
_COMMAND = re.compile(r"\A(\s*):(?=:)")
_COLOR = re.compile("(\x1b\\[[0-9;]*m)")


def printed(text: str) -> str:
    """Return a part of a line: tabs as one blank, nothing that a terminal or a runner would obey."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " if char == "\t" else "\ufffd" for char in text)
    return _BETWEEN_HASHES.sub("# ", text)


def begun(text: str) -> str:
    """Return the first part of a line, which isn't a command either."""
    return _COMMAND.sub(r"\1: ", printed(text))


class Lines:
    """A stream that takes text and writes lines of it, each as `begun` has it; on a terminal colors stay.

    All of standard error goes through one, whoever writes to it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._open = stream, ""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the stream has it
        if name == "buffer":  # a way past `write`
            raise AttributeError(name)
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write those lines that are whole by now. Raises OSError."""
        *whole, self._open = (self._open + text).split("\n")
        if whole:
            self._stream.write("".join(f"{self._line(line)}\n" for line in whole))
        return len(text)

    def writelines(self, texts: Iterable[str]) -> None:
        """Write several texts. Raises OSError."""
        for text in texts:
            self.write(text)

    def finish(self) -> None:
        """Write what no end of a line came after. Raises OSError."""
        if self._open:
            self.write("\n")
        self._stream.flush()

    def _line(self, line: str) -> str:
        if not self._stream.isatty():
            return begun(line)
        return "".join(part if number % 2 else begun(part) for number, part in enumerate(_COLOR.split(line)))


def json_text(document: object) -> str:
    """Return a document as JSON. What no line may hold is an escape, which a program reads as the same."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return "".join(f"{_json_line(part)}\n" for part in text.split("\n"))


def _json_line(text: str) -> str:
    if not text.isprintable():
        text = "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
    return text.replace("##", "#\\u0023")
