"""gzip layers: compressed chunks in, bounded chunks out, to the checksum of the last member."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from kitserve_initializer.errors import InvalidArchive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STEP = 256 * 1024
"""Bytes handed out at a time at most, however well they were compressed."""

_GZIP = 16 + zlib.MAX_WBITS


def inflate(chunks: Iterable[bytes], what: str) -> Iterator[bytes]:
    """Decompress one or more gzip members (RFC 1952).

    Raises:
        InvalidArchive: if the stream isn't gzip, ends early, or fails its checksum.
    """
    member = zlib.decompressobj(_GZIP)
    started = False
    for chunk in chunks:
        rest = chunk
        while rest:
            if member.eof:
                member, started = zlib.decompressobj(_GZIP), False
            started = True
            piece = _decompress(member, rest, what)
            rest = member.unused_data if member.eof else member.unconsumed_tail
            if piece:
                yield piece
    if not (started and member.eof):
        raise InvalidArchive(f"{what} ends in the middle of its gzip stream")


def _decompress(member: zlib._Decompress, data: bytes, what: str) -> bytes:
    try:
        return member.decompress(data, STEP)
    except zlib.error as error:
        raise InvalidArchive(f"{what} isn't valid gzip") from error
