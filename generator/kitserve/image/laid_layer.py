"""What a container runtime makes of a layer's archive, after containerd's pkg/archive/tar.go, by its headers."""

import hashlib
from collections.abc import Iterable, Iterator

from kitserve_initializer.archive import tar
from kitserve_initializer.fs.paths import is_marker

from kitserve.image.differences import Differences
from kitserve.image.paths import (
    ALL_BITS,
    DIRECTORY,
    FILE,
    IMPLIED,
    SKIPPED,
    Paths,
    Room,
    is_directory,
    parents,
)

WHITEOUT = ".wh."
"""How a name begins that removes another one (OCI image-spec, layer.md, "Whiteouts")."""

_XATTR = "SCHILY.xattr."
_IMPLIED_MODE = 0o755
_PATH_LIMIT = 3800
"""Bytes of a path: Linux takes 4,096 (PATH_MAX), and a runtime's own folder stands before it."""
_AGAIN = "pack it again by `kit pack`"
_OLD_FILE = b"\0"


class LaidLayer:
    """A `Witness` of the initializer. With `hashes` it computes the archive's digest."""

    def __init__(self, room: Room, *, hashes: bool) -> None:
        self.paths: Paths = {}
        self.differences = Differences()
        self.root_mode = 0
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
        self._judge(path, parts, header)
        if header.kind == tar.GLOBAL:
            if path in self.paths:
                self.differences.add(path, "is removed by a pax global header of that name", _AGAIN)
        elif _is_directory(header):
            self._add(path, DIRECTORY | header.mode & ALL_BITS)
        else:
            self._add(path, FILE | header.mode & ALL_BITS | (SKIPPED if is_marker(parts) else 0))

    def _judge(self, path: str, parts: tuple[str, ...], header: tar.Header) -> None:
        for reason, remedy in _faults(path, parts, header):
            self.differences.add(path, reason, remedy)

    def _add(self, path: str, mode: int) -> None:
        if not path:
            self.root_mode = mode
            return
        for parent in parents(path):
            self._put(parent, DIRECTORY | IMPLIED | _IMPLIED_MODE)
        self._put(path, mode)

    def _put(self, path: str, mode: int) -> None:
        there = self.paths.get(path)
        if there is None:
            self._room.take(path)
        elif is_directory(there) != is_directory(mode):
            self.differences.add(path, "is a file and a folder in one layer", _AGAIN)
        elif mode & IMPLIED:
            return
        self.paths[path] = mode


def _is_directory(header: tar.Header) -> bool:
    return header.kind == tar.DIRECTORY or (header.kind == _OLD_FILE and header.name.endswith("/"))


def _faults(path: str, parts: tuple[str, ...], header: tar.Header) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a header, and what to do about it."""
    if any(part.startswith(WHITEOUT) for part in parts):
        yield f"begins with {WHITEOUT}, with which an image removes files", "rename it, and pack again"
    if len(path.encode("utf-8", "surrogateescape")) > _PATH_LIMIT:
        yield f"is longer than {_PATH_LIMIT} bytes", "use shorter names, and pack again"
    if header.kind == tar.GLOBAL:
        if len(parts) != 1 or ".." in parts or header.name.startswith("/"):
            yield "is the name of a pax global header, which a runtime takes for a path", _AGAIN
    elif header.kind == tar.FILE and header.name.endswith("/"):
        yield "is a folder that the archive has as a file", _AGAIN
    if any(key.startswith(_XATTR) for key in header.records):
        yield "has extended attributes, which a runtime sets", "pack it again by `kit pack`, which keeps none"
