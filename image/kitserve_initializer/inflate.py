"""gzip layers: compressed chunks in, bounded chunks out, to the checksum of the last member."""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from kitserve_initializer.errors import InvalidArchive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

STEP = 256 * 1024
"""Bytes handed out at a time at most, however well they were compressed."""

_FEED = 64 * 1024
"""Bytes taken in at a time: fed with more, isal spends a fifth of its time on copies of what it hasn't read yet."""

_GZIP = 16 + zlib.MAX_WBITS


class _Member(Protocol):
    """What both libraries' decompression objects have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes | memoryview, max_length: int = ..., /) -> bytes: ...


_member: Callable[[int], _Member] = zlib.decompressobj
_faults: tuple[type[Exception], ...] = (zlib.error,)
with suppress(
    ImportError
):  # where it isn't built for, the standard library does the same, three times slower
    from isal import isal_zlib

    _member = isal_zlib.decompressobj
    _faults = (isal_zlib.error,)  # type: ignore[assignment]  # its stub takes the class for an instance


def inflate(chunks: Iterable[bytes], what: str) -> Iterator[bytes]:
    """Decompress one or more gzip members (RFC 1952).

    Raises:
        InvalidArchive: if the stream isn't gzip, ends early, or fails its checksum.
    """
    member = _member(_GZIP)
    started = False
    for fed in _cut(chunks):
        rest = fed
        while rest:
            if member.eof:
                member, started = _member(_GZIP), False
            started = True
            piece = _decompress(member, rest, what)
            rest = member.unused_data if member.eof else member.unconsumed_tail
            if piece:
                yield piece
    if not (started and member.eof):
        raise InvalidArchive(f"{what} ends in the middle of its gzip stream")


def _cut(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for at in range(0, len(chunk), _FEED):
            yield chunk[at : at + _FEED]


def _decompress(member: _Member, data: bytes | memoryview, what: str) -> bytes:
    try:
        return member.decompress(data, STEP)
    except _faults as error:
        raise InvalidArchive(f"{what} isn't valid gzip") from error
