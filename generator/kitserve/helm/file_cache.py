"""The files of a command. Each is read and parsed once: a pipe gives its content only once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kitserve.helm import codes
from kitserve.helm.document import Composed, Document, compose_text, document
from kitserve.helm.files import MOST, UntakenError, files_below, read_bytes, resolved, root_of
from kitserve.problems import Position, Problem

STDIN = "<stdin>"
MOST_IN_ALL = 8 * MOST
"""Bytes of all files of a run."""


class UnreadableError(Exception):
    """A file has no text; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass
class FileCache:
    """Files by name, `-` for standard input, with their content at the first read."""

    read: Callable[[str, str], bytes] = read_bytes
    _texts: dict[str, str] = field(default_factory=dict, repr=False)
    _composed: dict[str, Composed | UnreadableError] = field(default_factory=dict, repr=False)
    _folders: dict[str, str] = field(default_factory=dict, repr=False)
    _size: int = 0

    def expanded(self, argument: str) -> Iterator[str]:
        """Yield the argument, or in place of a folder the YAML and JSON files in it, by name."""
        try:
            if argument == "-" or not Path(argument).is_dir():
                yield argument
                return
            resolved(argument, root_of(argument))
            for file in files_below(argument):
                self._folders[file] = argument
                yield file
        except OSError as error:
            self._composed[argument] = UnreadableError(_unreadable(argument, error))
            yield argument

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
            content = self._content(file)
            self._texts[name] = content.decode(errors="replace")
            return compose_text(name, _decoded(content, name))
        except OSError as error:
            return UnreadableError(_unreadable(name, error))
        except UnreadableError as error:
            return error

    def _content(self, file: str) -> bytes:
        content = self.read(file, self._folders.get(file, ""))
        self._size += len(content)
        if self._size > MOST_IN_ALL:
            raise UntakenError(f"all files together are larger than {MOST_IN_ALL // 1024**2} MiB")
        return content

    def document(self, file: str) -> Document:
        """Return the values in a file, or its problem."""
        try:
            return document(self.composed(file))
        except UnreadableError as error:
            return Document(STDIN if file == "-" else file, problems=(error.problem,))

    def text(self, name: str) -> str:
        """Return the text of a file by its name in positions, for the lines in a report."""
        return self._texts.get(name, "")


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


def _unreadable(name: str, error: OSError) -> Problem:
    position = Position(name, 1, 1)
    if isinstance(error, UntakenError):
        hint = "name a file of values or manifests itself, or copy it to where it is looked for"
        return codes.UNTAKEN.problem(f"isn't read: {error.strerror}", hint=hint, position=position)
    hint = "name a file of this machine, or `-` for standard input"
    return codes.UNREADABLE.problem(f"can't be read: {error.strerror}", hint=hint, position=position)
