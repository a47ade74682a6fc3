"""The files that a command is given. Each is read once: a pipe or a FIFO has its content only one time."""

from dataclasses import dataclass, field

from kitserve.helm.load import STDIN, read_bytes


@dataclass
class FileCache:
    """Files by name, `-` for standard input, as they were when they were asked for first."""

    _read: dict[str, bytes | OSError] = field(default_factory=dict, repr=False)

    def content(self, file: str) -> bytes:
        """All of a file. Raises OSError, each time anew."""
        if file not in self._read:
            try:
                self._read[file] = read_bytes(file)
            except OSError as error:
                self._read[file] = error
        found = self._read[file]
        if isinstance(found, OSError):
            raise found
        return found

    def text(self, name: str) -> str:
        """The text of a file by the name that positions give, for the lines that a report shows; empty if none."""
        found = self._read.get("-" if name == STDIN else name, b"")
        return "" if isinstance(found, OSError) else found.decode(errors="replace")
