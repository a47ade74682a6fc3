"""A streaming reader of tar archives: ustar headers, the PAX records `path` and `size` (POSIX.1-2017, pax), GNU's long
names and large sizes (GNU tar's manual, "Basic Tar Format"). It reads what Go's archive/tar does, which kit uses;
docs/reference/differences.md has the exceptions.

It reads only forwards and yields contents as they arrive, so memory doesn't grow with the archive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.archive.tar_header import checksum_fits, decoded, name, number, parsed, records
from kitserve_initializer.errors import InvalidArchive
from kitserve_initializer.log import amounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

BLOCK = 512

FILE = b"0"
DIRECTORY = b"5"
GLOBAL = b"g"
_OLD_FILE = b"\0"
_PAX = b"x"
_LONG_NAME = b"L"
_LONG_LINK = b"K"

_BODY_LIMITS = {_PAX: 1024 * 1024, GLOBAL: 1024 * 1024, _LONG_NAME: 64 * 1024, _LONG_LINK: 64 * 1024}
"""Headers that only tell of members behind them, and the bytes that they may have: no path is longer."""
_OF_A_MEMBER = {"path", "linkpath", "size"}
"""Records that Python's and GNU's readers take from a global header for all members, and Go's takes for none."""
_TRAILING_LIMIT = 16 * 1024 * 1024
"""Bytes behind the end marker: writers fill up blocks of 10 KiB, and of some MiB for tapes."""
_END = bytes(BLOCK)


@dataclass(frozen=True)
class Member:
    """A member's header: `kind` is the typeflag, `mode` the permission bits as stored, `size` in bytes."""

    name: str
    kind: bytes
    mode: int
    size: int


@dataclass(frozen=True)
class Header:
    """A header as it stands in the archive, of a member or of none (GLOBAL): `kind` is the typeflag, `mode` all bits.

    `block` are its bytes, `records` the PAX records about the member.
    """

    name: str
    kind: bytes
    mode: int
    block: bytes
    records: Mapping[str, str]


class Archive:
    """An iterator over members. `content()` yields the current member's bytes; the next step skips the rest.

    Iterating to the end reads the stream to its end, so a check of the stream sees all bytes. `keep` gets those up to
    the end marker that are no member's content, as they are read. `tell` gets the headers that Go's reader hands out,
    each before its member is.
    """

    def __init__(
        self,
        chunks: Iterable[bytes | memoryview],
        what: str,
        keep: Callable[[bytes], object] | None = None,
        tell: Callable[[Header], object] | None = None,
    ) -> None:
        self._keep = keep
        self._tell = tell
        self._chunks = iter(chunks)
        self._what = what
        self._buffer = memoryview(b"")
        self._left = 0
        self._padding = 0

    def __iter__(self) -> Iterator[Member]:
        while member := self._next():
            self._left, self._padding = member.size, -member.size % BLOCK
            yield member
            for _ in self.content():
                pass
            self._take(self._padding)
        trailing = len(self._buffer)
        for chunk in self._chunks:
            trailing += len(chunk)
            if trailing > _TRAILING_LIMIT:
                raise self._invalid(f"has more than {amounts.size(_TRAILING_LIMIT)} behind its end marker")

    def content(self) -> Iterator[memoryview]:
        """Yield the current member's bytes; a piece is valid until the next one."""
        while self._left:
            if not self._buffer:
                self._fill()
            piece = self._buffer[: self._left]
            self._buffer = self._buffer[len(piece) :]
            self._left -= len(piece)
            yield piece

    def _next(self) -> Member | None:
        told: dict[str, str] = {}
        kinds: set[bytes] = set()
        while (header := self._take(BLOCK)) != _END:
            if not checksum_fits(header):
                raise self._invalid("has a header with a wrong checksum, or isn't a tar archive")
            kind = header[156:157]
            if kind not in _BODY_LIMITS:
                return self._member(header, told)
            found = self._told(kind, header)
            if kind == GLOBAL:
                self._skip_global(found, kinds)
                if self._tell:
                    self._tell(Header(name(header), kind, 0, header, {}))
                continue
            # Readers disagree about which of two counts.
            if kind in kinds or told.keys() & found.keys():
                raise self._invalid("has two headers that tell the same of a member")
            kinds.add(kind)
            told |= found
        if kinds or self._take(BLOCK) != _END:
            raise self._invalid("has a header that is empty")
        return None

    def _member(self, header: bytes, told: dict[str, str]) -> Member:
        kind = header[156:157]
        # A record without a value tells nothing.
        size = parsed(told["size"], 10) if told.get("size") else number(header[124:136])
        if size is None:
            raise self._invalid("has a size that isn't a number, or that no file has")
        mode = number(header[100:108])
        if mode is None:
            raise self._invalid("has a mode that isn't a number")
        path = told.get("path") or name(header)
        if self._tell:
            self._tell(Header(path, kind, mode, header, told))
        if kind in (FILE, _OLD_FILE):
            kind = DIRECTORY if self._is_folder(path, kind, size) else FILE
        return Member(path, kind, mode, size if kind == FILE else 0)

    def _is_folder(self, path: str, kind: bytes, size: int) -> bool:
        """Tell whether a file's name ends with a slash: old writers, and what reads them, mean a directory."""
        found = path.endswith("/")
        if found and size and kind == FILE:
            raise self._invalid("has a file with content whose name is a directory's")
        return found

    def _skip_global(self, found: dict[str, str], kinds: set[bytes]) -> None:
        """Check that a global header, as `git archive` begins with, can be skipped (golang/go#28843).

        Raises:
            InvalidArchive: if readers would disagree about what it says, or about which member the one before it is of.
        """
        if kinds:
            raise self._invalid("has a global header between a header and its member")
        if _OF_A_MEMBER & {key for key, value in found.items() if value}:
            raise self._invalid("has a global header that names a member, which readers take differently")

    def _told(self, kind: bytes, header: bytes) -> dict[str, str]:
        """Return what a header says about the next member, by the names of PAX records."""
        size = number(header[124:136])
        if size is None or size > _BODY_LIMITS[kind]:
            raise self._invalid(f"has a header of type {kind.decode()!r} whose size no such header has")
        body = self._take(size + -size % BLOCK)[:size]
        if kind in (_PAX, GLOBAL):
            return self._records(body)
        path = decoded(body.partition(b"\0")[0])
        if not path:
            raise self._invalid("has a long name that is empty")
        return {"path" if kind == _LONG_NAME else "linkpath": path}

    def _records(self, body: bytes) -> dict[str, str]:
        found = records(body)
        if found is None:
            raise self._invalid("has PAX records that can't be read")
        return found

    def _take(self, count: int) -> bytes:
        taken = b""
        while len(taken) < count:
            if not self._buffer:
                self._fill()
            piece = self._buffer[: count - len(taken)]
            self._buffer = self._buffer[len(piece) :]
            taken += piece
        if self._keep:
            self._keep(taken)
        return taken

    def _fill(self) -> None:
        chunk = next(self._chunks, None)
        if chunk is None:
            raise self._invalid("ends before its end marker")
        self._buffer = memoryview(chunk)

    def _invalid(self, fault: str) -> InvalidArchive:
        return InvalidArchive(f"{self._what} {fault}")
