"""gzip layers: compressed chunks in, bounded chunks out, to the checksum of the last member."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from itertools import cycle
from typing import TYPE_CHECKING, BinaryIO, cast

from kitserve_initializer.concurrency.read_ahead import ROOM
from kitserve_initializer.errors import InvalidArchive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Chunk = bytes | memoryview

STEP = 256 * 1024
"""Bytes handed out at a time at most, however well they were compressed."""

_FEED = 128 * 1024
_BUFFERS = ROOM + 4
"""Chunks that stay as they are: those in a stage's queue, the one before it, the one behind it, and one to spare."""

_errors: tuple[type[Exception], ...] = (EOFError, gzip.BadGzipFile, zlib.error)
_reader = None
# Without zlib-ng or its private reader the standard library does the same, three times slower.
with suppress(ImportError, AttributeError):
    from zlib_ng import zlib_ng

    _errors = (*_errors, zlib_ng.error)  # type: ignore[arg-type]  # its stub takes the class for an instance
    # What gzip_ng.open() reads with. It writes into memory of ours; decompressobj's bytes cost a twentieth more.
    # docs/decisions/0010 says why it isn't isal.
    _reader = zlib_ng._GzipReader


def inflate(chunks: Iterable[Chunk], what: str) -> Iterator[memoryview]:
    """Decompress one or more gzip members (RFC 1952). A piece stays valid while a stage of `read_ahead` holds it.

    Raises:
        InvalidArchive: if the stream isn't gzip, ends early, or fails its checksum.
    """
    source = cast("BinaryIO", _Source(chunks))
    reader = _reader(source, _FEED) if _reader else gzip.GzipFile(fileobj=source, mode="rb")
    for buffer in cycle([memoryview(bytearray(STEP)) for _ in range(_BUFFERS)]):
        try:
            count = reader.readinto(buffer)
        except EOFError as error:
            raise InvalidArchive(f"{what} ends in the middle of its gzip stream") from error
        except _errors as error:
            raise InvalidArchive(f"{what} isn't valid gzip") from error
        if not count:
            break
        yield buffer[:count]
    if source.tell() == 0:
        raise InvalidArchive(f"{what} ends in the middle of its gzip stream")


class _Source:
    """Chunks as the file that readers of gzip read from."""

    def __init__(self, chunks: Iterable[Chunk]) -> None:
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")
        self._given = 0

    def readinto(self, into: memoryview) -> int:
        piece = self._next(len(into))
        into[: len(piece)] = piece
        return len(piece)

    def read(self, size: int) -> bytes:
        return bytes(self._next(size))

    def tell(self) -> int:
        return self._given

    def _next(self, size: int) -> memoryview:
        if not self._rest:
            self._rest = memoryview(next(self._chunks, b""))
        piece, self._rest = self._rest[:size], self._rest[size:]
        self._given += len(piece)
        return piece
