"""The files of a command. Each is read and parsed once: a pipe gives its content only once."""

import os
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
    _faults: dict[str, UnreadableError] = field(default_factory=dict, repr=False)
    _composed: dict[str, Composed | UnreadableError] = field(default_factory=dict, repr=False)
    _folders: dict[str, str] = field(default_factory=dict, repr=False)
    _size: int = 0

    def expanded(self, argument: str) -> Iterator[str]:
        """Yield the argument, or in place of a folder the YAML and JSON files in it, by name."""
        try:
            if argument == "-" or not Path(argument).is_dir():
                yield argument
                return
            resolved(argument, os.path.realpath(root_of(argument)))
            folder = os.path.realpath(argument)
            for file in files_below(argument):
                self._folders[file] = folder
                yield file
        except OSError as error:
            self._composed[argument] = UnreadableError(_unreadable(argument, error))
            yield argument

    def is_found(self, file: str) -> bool:
        """Return whether a file was found in a folder that was named."""
        return file in self._folders

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

    def drop(self, file: str) -> None:
        """Forget the nodes of a file that isn't looked at any further; its text stays, for the report."""
        self._composed.pop(file, None)

    def content(self, file: str) -> str:
        """Return a file's text, with a sign for each byte that isn't UTF-8.

        Raises:
            UnreadableError: if it can't be read.
        """
        name = _name(file)
        if name not in self._texts and name not in self._faults:
            self._read(file, name)
        if name not in self._texts:
            raise self._faults[name]
        return self._texts[name]

    def _read(self, file: str, name: str) -> None:
        try:
            content = self._content(file)
        except OSError as error:
            self._faults[name] = UnreadableError(_unreadable(name, error))
            return
        try:
            self._texts[name] = content.decode()
        except UnicodeDecodeError as error:
            self._texts[name] = content.decode(errors="replace")
            self._faults[name] = UnreadableError(_undecodable(content, error, name))

    def _compose(self, file: str) -> Composed | UnreadableError:
        try:
            text = self.content(file)
        except UnreadableError as error:
            return error
        return self._faults.get(_name(file)) or compose_text(_name(file), text)

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
            return Document(_name(file), problems=(error.problem,))

    def text(self, name: str) -> str:
        """Return the text of a file by its name in positions, for the lines in a report."""
        return self._texts.get(name, "")


def _name(file: str) -> str:
    return STDIN if file == "-" else file


def _undecodable(content: bytes, error: UnicodeDecodeError, name: str) -> Problem:
    """Return the problem of the first byte that isn't UTF-8, and the character that Windows means by it."""
    line = content.count(b"\n", 0, error.start) + 1
    column = len(content[content.rfind(b"\n", 0, error.start) + 1 : error.start].decode()) + 1
    byte = content[error.start : error.start + 1]
    meant = byte.decode("cp1252", errors="ignore")
    hint = (
        f"save the file as UTF-8; in Windows-1252 this byte is {meant}" if meant else "save the file as UTF-8"
    )
    message = f"not UTF-8 text: the byte 0x{byte.hex().upper()}"
    return codes.ENCODING.problem(message, hint=hint, position=Position(name, line, column))


def _unreadable(name: str, error: OSError) -> Problem:
    position = Position(name, 1, 1)
    if isinstance(error, UntakenError):
        hint = "name a file of values or manifests itself, or copy it to where it is looked for"
        return codes.UNTAKEN.problem(f"isn't read: {error.strerror}", hint=hint, position=position)
    hint = "name a file of this machine, or `-` for standard input"
    return codes.UNREADABLE.problem(f"can't be read: {error.strerror}", hint=hint, position=position)
