"""A directory filled from archives: nothing is written outside it, and nothing in it is overwritten."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Protocol

from kitserve_initializer.errors import InvalidArchive, PathExists
from kitserve_initializer.fs.directory import enter
from kitserve_initializer.fs.file_content import fill
from kitserve_initializer.fs.free_space import require
from kitserve_initializer.fs.os_errors import destination_errors
from kitserve_initializer.fs.paths import Parts, join, require_free
from kitserve_initializer.log import amounts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitserve_initializer.fs.replay.earlier_tree import EarlierTree
    from kitserve_initializer.fs.replay.journal import Journal

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PARENT_MODE = 0o755
_NARROW_LIMIT = 10_000
"""Directories that take rights from their owner: each costs 600 bytes of memory until it gets its mode."""
_NARROW_BYTES = 1536 * 1024
"""Bytes of their paths, as JSON writes them: with what stands beside them they fit into a file (json_file.LIMIT)."""
_LARGE = 16 * 1024 * 1024
"""Bytes from which on asking for the free space costs nothing beside writing the file."""


def spelled(parts: Parts) -> int:
    """Return the bytes that a directory and its mode take in a file of JSON."""
    return len(json.dumps(parts)) + len("[, 511], ")


def require_few(count: int, size: int) -> None:
    """Look whether directories that wait for their mode are few enough to be kept in memory and in a file.

    `size` are their bytes as `spelled`.

    Raises:
        InvalidArchive: if they aren't.
    """
    if count > _NARROW_LIMIT:
        fault = f"more than {_NARROW_LIMIT} directories"
    elif size > _NARROW_BYTES:
        fault = f"more than {amounts.size(_NARROW_BYTES)} of paths of directories"
    else:
        return
    raise InvalidArchive(
        f"the layers hold {fault} without all rights for their owner",
        "give them those before packing (chmod -R u+rwX)",
    )


class Fillable(Protocol):
    """What layers are unpacked into, as `Tree` describes it."""

    journal: Journal | None

    def add_directory(self, parts: Parts, mode: int) -> bool:
        """Make a directory with its parents; False if something is there already."""

    def add_file(self, parts: Parts, mode: int, content: Iterable[memoryview | bytes], size: int = 0) -> bool:
        """Take a file with its parents; False, without reading the content, if something is there already."""

    def remove_file(self, parts: Parts) -> bool:
        """Remove a file; False if it is none."""

    def has_directory(self, parts: Parts) -> bool:
        """Return whether a directory is there."""


class Tree:
    """A directory to fill. It may be given up with `close()`; it holds at most two descriptors.

    Names of the initializer's own are refused here too (UnsafeArchive), whoever let them through. Files that `earlier`
    has are taken from there, and `journal` records which content follows in the stream. `spills` is as for `fill`.
    """

    def __init__(
        self,
        root: int,
        earlier: EarlierTree | None = None,
        journal: Journal | None = None,
        *,
        spills: bool = False,
    ) -> None:
        self.journal = journal
        self._spills = spills
        self.narrow: dict[Parts, int] = {}
        """Directories whose mode takes rights from their owner: to be set when everything has its place."""
        self._narrow_bytes = 0
        self._root = root
        self._earlier = earlier
        self._parent: tuple[Parts, int] | None = None

    def add_directory(self, parts: Parts, mode: int) -> bool:
        """Make a directory with its parents; False if something is there already."""
        require_free(parts[-1:])
        with destination_errors(join(parts)):
            try:
                os.mkdir(parts[-1], mode | 0o700, dir_fd=self._enter_parent(parts[:-1]))
            except FileExistsError:
                return False
        if mode & 0o700 != 0o700:
            self.narrow[parts] = mode
            self._narrow_bytes += spelled(parts)
            require_few(len(self.narrow), self._narrow_bytes)
        return True

    def add_file(self, parts: Parts, mode: int, content: Iterable[memoryview | bytes], size: int = 0) -> bool:
        """Write a file with its parents; False, without reading the content, if something is there already.

        `size` is that of the content if it is known.

        Raises:
            DiskFull: before its first byte, if a large file won't have room.
        """
        require_free(parts[-1:])
        with destination_errors(join(parts)):
            try:
                file = self._open(parts, mode)
            except FileExistsError:
                return False
        try:
            self._require(parts, size, file)
            if self.journal:
                self.journal.add_content(parts, size)
            fill(file, content, size, join(parts), spills=self._spills)
        finally:
            os.close(file)
        return True

    def remove_file(self, parts: Parts) -> bool:
        """Remove a file; False if it is none."""
        if self.journal:
            self.journal.withdraw()
        with destination_errors(join(parts)):
            try:
                os.unlink(parts[-1], dir_fd=self._enter_parent(parts[:-1]))
            except IsADirectoryError:
                return False
        return True

    def has_directory(self, parts: Parts) -> bool:
        """Return whether a directory is there."""
        try:
            os.close(enter(parts[-1], self._enter_parent(parts[:-1])))
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Close all descriptors."""
        self._leave_parent()
        if self._earlier:
            self._earlier.close()
        os.close(self._root)

    def _open(self, parts: Parts, mode: int) -> int:
        parent = self._enter_parent(parts[:-1])
        file = os.open(parts[-1], _NEW_FILE, mode, dir_fd=parent)
        return self._earlier.taken(parts, file, parent) if self._earlier else file

    def _require(self, parts: Parts, size: int, file: int) -> None:
        if size >= _LARGE:
            with destination_errors(join(parts)):
                require(size - os.fstat(file).st_size, self._root, repr(join(parts)))

    def _enter_parent(self, parts: Parts) -> int:
        """Return the descriptor of a directory, made if missing. Archives are sorted, so the last one mostly serves."""
        if self._parent and self._parent[0] == parts:
            return self._parent[1]
        require_free(parts)
        self._leave_parent()
        current = os.dup(self._root)
        try:
            for part in parts:
                current, previous = _enter_or_make(part, current), current
                os.close(previous)
        except NotADirectoryError as error:
            os.close(current)
            raise PathExists(f"a layer holds a file where {join(parts)!r} is a directory") from error
        except OSError:
            os.close(current)
            raise
        self._parent = (parts, current)
        return current

    def _leave_parent(self) -> None:
        if self._parent:
            os.close(self._parent[1])
            self._parent = None


def _enter_or_make(name: str, parent: int) -> int:
    try:
        return enter(name, parent)
    except FileNotFoundError:
        os.mkdir(name, _PARENT_MODE, dir_fd=parent)
        return enter(name, parent)
