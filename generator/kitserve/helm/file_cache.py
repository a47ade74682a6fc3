"""The files of a command. Each is read and parsed once: a pipe gives its content only once."""

import errno
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kitserve.helm import codes
from kitserve.helm.document import Composed, Document, compose_text, document
from kitserve.problems import Position, Problem

STDIN = "<stdin>"


class UnreadableError(Exception):
    """A file has no text; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def read_bytes(file: str) -> bytes:
    """Return the bytes of a file; `-` is standard input. Raises OSError."""
    if file != "-":
        return Path(file).read_bytes()
    if sys.stdin is None:
        raise OSError(errno.EBADF, "it is closed")
    return sys.stdin.buffer.read()


@dataclass
class FileCache:
    """Files by name, `-` for standard input, with their content at the first read."""

    read: Callable[[str], bytes] = read_bytes
    _texts: dict[str, str] = field(default_factory=dict, repr=False)
    _composed: dict[str, Composed | UnreadableError] = field(default_factory=dict, repr=False)

    def composed(self, file: str) -> Composed:
        """Return a file's nodes.

        Raises:
            UnreadableError: if it can't be read, or isn't UTF-8.
        """
        if file not in self._composed:
            self._composed[file] = self._compose(file)
        found = self._composed[file]
        if isinstance(found, UnreadableError):
            raise found
        return found

    def _compose(self, file: str) -> Composed | UnreadableError:
        name = STDIN if file == "-" else file
        try:
            content = self._content(file, name)
            self._texts[name] = content.decode(errors="replace")
            return compose_text(name, _decoded(content, name))
        except UnreadableError as error:
            return error

    def document(self, file: str) -> Document:
        """Return the values in a file, or its problem."""
        try:
            return document(self.composed(file))
        except UnreadableError as error:
            return Document(STDIN if file == "-" else file, problems=(error.problem,))

    def text(self, name: str) -> str:
        """Return the text of a file by its name in positions, for the lines in a report."""
        return self._texts.get(name, "")

    def _content(self, file: str, name: str) -> bytes:
        try:
            return self.read(file)
        except OSError as error:
            problem = codes.UNREADABLE.problem(
                f"can't be read: {error.strerror}",
                hint="name a file on this machine, or `-` for standard input",
                position=Position(name, 1, 1),
            )
            raise UnreadableError(problem) from error


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = len(content[content.rfind(b"\n", 0, error.start) + 1 : error.start].decode()) + 1
        problem = codes.ENCODING.problem(
            "not UTF-8 text", hint="save the file as UTF-8", position=Position(name, line, column)
        )
        raise UnreadableError(problem) from error
