"""The sources of a command. Each is read once: a pipe or a FIFO gives its content only once."""

from dataclasses import dataclass, field

from kitserve.helm.load import STDIN, read_bytes


@dataclass
class FileCache:
    """Files by name, `-` for standard input, with their content at the first read."""

    _read: dict[str, bytes | OSError] = field(default_factory=dict, repr=False)

    def content(self, file: str) -> bytes:
        """Return a file's content. Raises OSError, again at each call."""
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
        """Return a source's text by its name in positions, for the lines in a report; empty without one."""
        found = self._read.get("-" if name == STDIN else name, b"")
        return "" if isinstance(found, OSError) else found.decode(errors="replace")
