"""The begin of a stream, played back from a journal and the files that it names, as far as the disk has them.

Whoever may write to the volume may write both: what is no journal, no regular file, or longer than the stream ends the
playback. Nothing that it yields is trusted: the stream's digest says at its end whether all was right.
"""

from __future__ import annotations

import os
import stat
import struct
import zlib
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING

from kitserve_initializer.errors import UnsafeArchive
from kitserve_initializer.fs.directory import walked
from kitserve_initializer.fs.paths import split
from kitserve_initializer.fs.replay.journal import BLOCK, BLOCK_LIMIT, RECORD

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from kitserve_initializer.fs.paths import Parts

_STEP = 256 * 1024
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FAULTS = (OSError, ValueError, UnsafeArchive, struct.error, zlib.error)


class Playback:
    """The journal `name` in the directory `folder`, of files in its directory `tree`; `count` are the bytes so far."""

    def __init__(self, name: str, tree: str, folder: int) -> None:
        self.count = 0
        self._name = name
        self._tree = tree
        self._folder = folder
        self._chunked = self._chunks()
        # What gets the stream may rename the first file at once.
        self._first = next(self._chunked, b"")
        self._has_ended = not self._first

    def is_within(self, told: int) -> bool:
        """Tell whether all that could be played back is among the first `told` bytes of the stream."""
        return self._has_ended and self.count <= told

    def chunks(self, limit: int) -> Iterator[bytes]:
        """Yield the bytes, `limit` of them at most."""
        for chunk in chain([self._first], self._chunked):
            piece = chunk[: limit - self.count]
            if not piece:
                break
            self.count += len(piece)
            yield piece
        self._has_ended = True

    def _chunks(self) -> Iterator[bytes]:
        try:
            with _regular(self._name, self._folder) as journal, walked(self._folder, (self._tree,)) as tree:
                for inline, parts, size in _records(journal):
                    if not (yield from _record(inline, parts, size, tree)):
                        return
        except _FAULTS:
            return


def _record(inline: bytes, parts: Parts, size: int, tree: int) -> Generator[bytes, None, bool]:
    """Yield the bytes of a record, and return whether the disk has all of them."""
    if not parts:
        yield inline
        return True
    # The file is opened first: once its header is out, the file may be renamed.
    with walked(tree, parts[:-1]) as parent, _regular(parts[-1], parent) as file:
        if inline:
            yield inline
        left = size
        while left and (piece := os.read(file, min(_STEP, left))):
            left -= len(piece)
            yield piece
        return not left


def _records(journal: int) -> Iterator[tuple[bytes, Parts, int]]:
    """Yield bytes that are in no file, then the path of a file, or none, and the size of its content.

    Raises:
        ValueError, UnsafeArchive, struct.error, zlib.error: for what no journal holds.
    """
    while block := _block(journal):
        at = 0
        while at < len(block):
            inline, path, size = RECORD.unpack_from(block, at)
            middle = at + RECORD.size + inline
            parts = split(os.fsdecode(block[middle : middle + path]))
            if middle + path > len(block) or not (parts and size if path else inline):
                raise ValueError(at)
            yield block[at + RECORD.size : middle], parts, size
            at = middle + path


def _block(journal: int) -> bytes:
    """Read the records of the next block; none at the end, also at that of a block that was cut."""
    head = os.read(journal, BLOCK.size)
    size = BLOCK.unpack(head)[0] if len(head) == BLOCK.size else 0
    packed = os.read(journal, min(size, BLOCK_LIMIT))
    inflater = zlib.decompressobj()
    block = inflater.decompress(packed, BLOCK_LIMIT)
    return block if inflater.eof else b""


@contextmanager
def _regular(name: str, directory: int) -> Iterator[int]:
    """Open a regular file to read.

    Raises:
        OSError: if it is none.
    """
    file = os.open(name, _READ, dir_fd=directory)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise FileNotFoundError(name)
        yield file
    finally:
        os.close(file)
