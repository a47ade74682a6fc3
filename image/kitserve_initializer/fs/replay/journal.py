"""The journal of a stream that becomes files: with them it gives the stream's begin back, byte for byte.

A record holds bytes of the stream that are in no file, such as headers and padding, and names the file whose content
follows them. Records are written in compressed blocks: before the content of a large file, and else after each `STEP`
bytes of the stream. A journal is an aid: where it can't be written, or grows too large, it ends and the run goes on.
`playback.py` reads it.
"""

from __future__ import annotations

import os
import struct
import zlib
from typing import TYPE_CHECKING

from kitserve_initializer.fs.paths import Parts, join
from kitserve_initializer.fs.remove_tree import remove

if TYPE_CHECKING:
    from collections.abc import Callable

RECORD = struct.Struct("<IIQ")
"""A record's head: its bytes that are in no file, the bytes of a path, and the size of the file there."""
BLOCK = struct.Struct("<I")
"""A block's head: its compressed bytes."""
BLOCK_LIMIT = 8 * 1024 * 1024
"""Bytes of a block's records at most; a step of the stream and the longest paths take half of it."""
STEP = 1024 * 1024
"""Bytes of the stream that are lost at the most if the run is killed, beside those that a file on the disk lacks."""

_ROOM, _SHARE = 1024 * 1024, 100
"""A journal has so many bytes at most, and a hundredth of what it tells of: a volume needs hardly more space for it."""
_FASTEST = 1
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Journal:
    """The file `name` in the directory `folder`.

    It replaces that of an earlier run once `is_enough` says so of the number of bytes that it tells of.
    """

    def __init__(self, name: str, folder: int, is_enough: Callable[[int], bool]) -> None:
        self._name = name
        self._folder = folder
        self._is_enough = is_enough
        self._file = -1
        self._is_named = False
        self._is_open = True
        self._size = 0
        self._told = 0
        self._inline = bytearray()
        self._records = bytearray()
        self._since = 0

    def add(self, piece: bytes | memoryview) -> None:
        """Add bytes of the stream that will be in no file."""
        if self._is_open:
            self._inline += piece
            if len(self._inline) >= STEP:
                self._add_record(b"", 0)

    def add_content(self, parts: Parts, size: int) -> None:
        """Add that the stream goes on with the content of the file `parts`."""
        if self._is_open and size:
            self._add_record(os.fsencode(join(parts)), size)

    def withdraw(self) -> None:
        """Take back everything, as a file doesn't keep its content."""
        self.close()
        for name in (self._name, self._fresh):
            remove(name, self._folder)

    def close(self) -> None:
        """End the journal; what it says remains."""
        self._is_open = False
        self._inline.clear()
        self._records.clear()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    @property
    def _fresh(self) -> str:
        return f"{self._name}.new"

    def _add_record(self, path: bytes, size: int) -> None:
        self._records += RECORD.pack(len(self._inline), len(path), size) + self._inline + path
        self._since += len(self._inline) + size
        self._inline.clear()
        if self._since >= STEP:
            self._flush()

    def _flush(self) -> None:
        self._told += self._since
        block = zlib.compress(self._records, _FASTEST)
        self._size += BLOCK.size + len(block)
        if self._size > _ROOM + self._told // _SHARE or len(self._records) > BLOCK_LIMIT:
            self.close()
            return
        self._records.clear()
        self._since = 0
        try:
            self._write(BLOCK.pack(len(block)) + block)
        except OSError:
            self.close()

    def _write(self, block: bytes) -> None:
        if self._file < 0:
            remove(self._fresh, self._folder)
            self._file = os.open(self._fresh, _FLAGS, 0o600, dir_fd=self._folder)
        rest = memoryview(block)
        while rest:
            rest = rest[os.write(self._file, rest) :]
        if not self._is_named and self._is_enough(self._told):
            os.rename(self._fresh, self._name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
            self._is_named = True
