"""What a container runtime makes of a layer's archive, after containerd's pkg/archive/tar.go, by its headers."""

import hashlib
from collections.abc import Iterable, Iterator

from kitserve_initializer.archive import tar
from kitserve_initializer.fs.paths import is_marker

from kitserve.image.differences import Differences
from kitserve.image.trees import member_faults
from kitserve.image.trees.paths import (
    ALL_BITS,
    DIRECTORY,
    FILE,
    IMPLIED,
    IMPLIED_MODE,
    SKIPPED,
    Paths,
    Room,
    is_directory,
    parents,
)

_OLD_FILE = b"\0"


class LaidLayer:
    """A `Witness` of the initializer. With `hashes` it computes the archive's digest."""

    def __init__(self, room: Room, *, hashes: bool) -> None:
        self.paths: Paths = {}
        """The top has the empty path, if the archive has an entry for it."""
        self.differences = Differences()
        self._room = room
        self._hasher = hashlib.sha256() if hashes else None

    @property
    def digest(self) -> str:
        """The digest of the archive; empty if none was computed."""
        return f"sha256:{self._hasher.hexdigest()}" if self._hasher else ""

    def watched(self, content: Iterable[bytes | memoryview]) -> Iterator[bytes | memoryview]:
        """Yield the archive's bytes, hashed on the way."""
        for chunk in content:
            if self._hasher:
                self._hasher.update(chunk)
            yield chunk

    def tell(self, header: tar.Header) -> None:
        """Take a header; what the initializer refuses needn't be right here."""
        parts = tuple(part for part in header.name.split("/") if part not in ("", "."))
        path = "/".join(parts)
        for reason, remedy in member_faults.found(header, path):
            self.differences.add(path, reason, remedy)
        mode = header.mode & ALL_BITS
        if header.kind == tar.GLOBAL:
            self._remove(path)
        elif _is_directory(header):
            self._add(path, DIRECTORY | mode)
        else:
            self._add(path, FILE | mode | (SKIPPED if is_marker(parts) else 0))

    def _remove(self, path: str) -> None:
        """Look whether a global header, which a runtime takes for a member of its name, removes one before it."""
        if path in self.paths:
            self.differences.add(path, "is removed by a pax global header of that name", member_faults.AGAIN)

    def _add(self, path: str, mode: int) -> None:
        for parent in parents(path):
            self._put(parent, DIRECTORY | IMPLIED | IMPLIED_MODE)
        self._put(path, mode)

    def _put(self, path: str, mode: int) -> None:
        there = self.paths.get(path)
        if there is None:
            self._room.take(path)
        elif is_directory(there) != is_directory(mode):
            self.differences.add(path, "is a file and a folder in one layer", member_faults.AGAIN)
        elif mode & IMPLIED:
            return
        self.paths[path] = mode


def _is_directory(header: tar.Header) -> bool:
    """Tell whether Go's reader takes a member for a directory, as of old writers one with a slash at its end."""
    return header.kind == tar.DIRECTORY or (header.kind == _OLD_FILE and header.name.endswith("/"))
