"""The sources that a command was given. Each is read once: a pipe or a FIFO has its content only one time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kitserve.helm.files import MOST, UntakenError, files_below, read_bytes, resolved, root_of
from kitserve.helm.load import STDIN

MOST_IN_ALL = 8 * MOST
"""Bytes of all files of a run."""


@dataclass
class FileCache:
    """Files by name, `-` for standard input, as they were when they were asked for first."""

    _read: dict[str, bytes | OSError] = field(default_factory=dict, repr=False)
    _folders: dict[str, str] = field(default_factory=dict, repr=False)
    _size: int = 0

    def expanded(self, argument: str) -> Iterator[str]:
        """The argument, or in the place of a folder the YAML and JSON files in it, by name."""
        try:
            if argument == "-" or not Path(argument).is_dir():
                yield argument
                return
            resolved(argument, root_of(argument))
            for file in files_below(argument):
                self._folders[file] = argument
                yield file
        except OSError as error:
            self._read[argument] = error
            yield argument

    def content(self, file: str) -> bytes:
        """All of a file. Raises OSError, each time anew."""
        if file not in self._read:
            self._read[file] = self._content(file)
        found = self._read[file]
        if isinstance(found, OSError):
            raise found
        return found

    def _content(self, file: str) -> bytes | OSError:
        try:
            content = read_bytes(file, self._folders.get(file, ""))
        except OSError as error:
            return error
        self._size += len(content)
        if self._size > MOST_IN_ALL:
            return UntakenError(f"all files together are larger than {MOST_IN_ALL // 1024**2} MiB")
        return content

    def text(self, name: str) -> str:
        """The text of a source by the name that positions give, for the lines that a report shows; empty if none."""
        found = self._read.get("-" if name == STDIN else name, b"")
        return "" if isinstance(found, OSError) else found.decode(errors="replace")
