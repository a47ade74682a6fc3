"""A streaming reader of tar archives: ustar headers, the PAX records `path` and `size` (POSIX.1-2017, pax), GNU's long
names and large sizes (GNU tar's manual, "Basic Tar Format").

It reads only forwards and yields contents as they arrive, so memory doesn't grow with the archive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.errors import InvalidArchive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

BLOCK = 512

FILE = b"0"
DIRECTORY = b"5"
_OLD_FILE = b"\0"
_PAX = b"x"
_LONG_NAME = b"L"
_LONG_LINK = b"K"

_BODY_LIMITS = {_PAX: 1024 * 1024, _LONG_NAME: 64 * 1024, _LONG_LINK: 64 * 1024}
"""Headers that only tell of the member behind them, and the bytes that they may have: no path is longer."""
_TRAILING_LIMIT = 16 * 1024 * 1024
"""Bytes behind the end marker: writers fill up blocks of 10 KiB, and of some MiB for tapes."""
_DIGITS = 18
"""Of a number at most: no file is larger, and Python takes no longer to read them."""
_END = bytes(BLOCK)


@dataclass(frozen=True)
class Member:
    """A member's header: `kind` is the typeflag, `mode` the permission bits as stored, `size` in bytes."""

    name: str
    kind: bytes
    mode: int
    size: int


class Archive:
    """An iterator over members. `content()` yields the current member's bytes; the next step skips the rest.

    Iterating to the end reads the stream to its end, so a check of the stream sees all bytes. `keep` gets those up to
    the end marker that are no member's content, as they are read.
    """

    def __init__(
        self,
        chunks: Iterable[bytes | memoryview],
        what: str,
        keep: Callable[[bytes], object] | None = None,
    ) -> None:
        self._keep = keep
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
                raise self._invalid(f"has more than {_TRAILING_LIMIT} bytes behind its end marker")

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
            if not _checksum_fits(header):
                raise self._invalid("has a header with a wrong checksum, or isn't a tar archive")
            kind = header[156:157]
            if kind not in _BODY_LIMITS:
                return self._member(header, told)
            found = self._told(kind, header)
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
        size = _number(told["size"], 10) if "size" in told else _field(header[124:136])
        if size is None:
            raise self._invalid("has a size that isn't a number, or that no file has")
        name = told.get("path") or _name(header)
        if kind == _OLD_FILE:
            kind = DIRECTORY if name.endswith("/") else FILE
        return Member(name, kind, _field(header[100:108]) or 0, size if kind == FILE else 0)

    def _told(self, kind: bytes, header: bytes) -> dict[str, str]:
        """Return what a header says about the next member, by the names of PAX records."""
        size = _field(header[124:136])
        if size is None or size > _BODY_LIMITS[kind]:
            raise self._invalid(f"has a header of type {kind.decode()!r} whose size no such header has")
        body = self._take(size + -size % BLOCK)[:size]
        if kind == _PAX:
            return self._records(body)
        name = _decoded(body.partition(b"\0")[0])
        if not name:
            raise self._invalid("has a long name that is empty")
        return {"path" if kind == _LONG_NAME else "linkpath": name}

    def _records(self, body: bytes) -> dict[str, str]:
        records: dict[str, str] = {}
        at = 0
        while at < len(body):
            length = body[at : at + _DIGITS + 1].partition(b" ")[0]
            end = at + (_number(length.decode("ascii", "replace"), 10) or 0)
            key, equals, value = body[at + len(length) + 1 : end - 1].partition(b"=")
            if not equals or body[end - 1 : end] != b"\n" or key.startswith(b"GNU.sparse"):
                raise self._invalid("has PAX records that can't be read")
            records[_decoded(key)] = _decoded(value)
            at = end
        return records

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


def _checksum_fits(header: bytes) -> bool:
    """Return whether the checksum fits: POSIX adds unsigned bytes, some old writers signed ones."""
    blank = header[:148] + b" " * 8 + header[156:]
    wanted, unsigned = _number(_text(header[148:156]), 8), sum(blank)
    return wanted == unsigned or wanted == unsigned - 256 * sum(byte > 127 for byte in blank)


def _field(field: bytes) -> int | None:
    """Return a header's number: octal digits, or GNU's form for larger ones, a bit and 95 bits of base 256."""
    if not field[0] & 0x80:
        return _number(_text(field), 8)
    number = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    return number if number < 10**_DIGITS else None  # a negative one has all of its first bits set


def _name(header: bytes) -> str:
    prefix = _decoded(header[345:500].partition(b"\0")[0]) if header[257:263] == b"ustar\0" else ""
    name = _decoded(header[:100].partition(b"\0")[0])
    return f"{prefix}/{name}" if prefix else name


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("ascii", "replace").strip(" ")


def _number(text: str, base: int) -> int | None:
    """Return the number of a few digits, without sign, blank or underscore."""
    digits = "01234567" if base == 8 else "0123456789"
    if not text or len(text) > _DIGITS or text.strip(digits):
        return None
    return int(text, base)


def _decoded(name: bytes) -> str:
    """Return a name, with bytes that aren't UTF-8 kept: names are bytes on Linux."""
    return name.decode("utf-8", "surrogateescape")
