"""The image's own layer: the Kitfile, KServe's folder, and what makes the ModelKit's layers the initializer's tree."""

import io
import tarfile
from dataclasses import dataclass, field

from kitserve.image.trees.member_faults import WHITEOUT

_FILE_MODE, _LINK_MODE = 0o644, 0o777


@dataclass(frozen=True)
class OwnLayer:
    """What to write: directories by their modes, files by their content, links by their targets, names to remove.

    The top is a directory with the empty path.
    """

    directories: dict[str, int] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """The number of members."""
        return len(self.directories) + len(self.files) + len(self.links) + len(self.removed)

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths that something is written at, or removed from."""
        return (*self.directories, *self.files, *self.links, *self.removed)

    @property
    def archive(self) -> bytes:
        """The tar archive, empty if there is nothing to write.

        Nothing in it depends on a time or a user: the same ModelKit gives the same bytes.
        """
        members = [_member(path or ".", tarfile.DIRTYPE, mode) for path, mode in self.directories.items()]
        members += [_member(path, tarfile.REGTYPE, _FILE_MODE, body) for path, body in self.files.items()]
        members += [_member(path, tarfile.SYMTYPE, _LINK_MODE, target=to) for path, to in self.links.items()]
        members += [_member(_whiteout(path), tarfile.REGTYPE, _FILE_MODE) for path in self.removed]
        return _written(sorted(members, key=lambda member: member[0].name.split("/")))


def _whiteout(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{WHITEOUT}{name}"


_Member = tuple[tarfile.TarInfo, bytes]


def _member(path: str, kind: bytes, mode: int, content: bytes = b"", target: str = "") -> _Member:
    info = tarfile.TarInfo(path)
    info.type, info.mode, info.size, info.linkname = kind, mode, len(content), target
    return info, content


def _written(members: list[_Member]) -> bytes:
    if not members:
        return b""
    buffer = io.BytesIO()
    for info, content in members:
        # GNU's form holds names of any length and any bytes.
        buffer.write(info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape"))
        buffer.write(content + bytes(-len(content) % tarfile.BLOCKSIZE))
    return buffer.getvalue() + bytes(2 * tarfile.BLOCKSIZE)
