"""The tree that an earlier run began: its files are taken over, each when the stream comes to it.

Whoever may write to the volume may have changed them: only regular files of ours that have no other name are taken, and
who takes one compares its bytes with the stream's (`fs/file_content.py`).
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from kitserve_initializer.fs.directory import mode, walked

if TYPE_CHECKING:
    from kitserve_initializer.fs.paths import Parts

_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OURS = 0o600


class EarlierTree:
    """The files below the directory `root`."""

    def __init__(self, root: int) -> None:
        self._root = root

    def close(self) -> None:
        """Close the directory."""
        os.close(self._root)

    def taken(self, parts: Parts, fresh: int, parent: int) -> int:
        """Put the file at `parts` in the place of `fresh`, a new one in the directory `parent`, and return it, open.

        It gets the mode of `fresh`, which is closed. If nothing can be taken, `fresh` remains.

        Raises:
            OSError: if somebody else puts something there at the same time.
        """
        made = os.fstat(fresh)
        try:
            file = self._moved(parts, made, parent)
        except OSError:
            return fresh
        os.close(fresh)
        _require_same(os.stat(parts[-1], dir_fd=parent, follow_symlinks=False), file)
        with suppress(OSError):  # a volume without modes gave the file the one that it has
            os.fchmod(file, stat.S_IMODE(made.st_mode))
        return file

    def _moved(self, parts: Parts, made: os.stat_result, parent: int) -> int:
        """Move a file into the directory `parent`, and return it, open."""
        with walked(self._root, parts[:-1]) as source:
            file = _opened(parts[-1], source)
            try:
                _require_ours(os.fstat(file), made)
                os.rename(parts[-1], parts[-1], src_dir_fd=source, dst_dir_fd=parent)
            except OSError:
                os.close(file)
                raise
        return file


def _opened(name: str, directory: int) -> int:
    """Open a file to read and write, also one whose mode denies that to its owner."""
    if not stat.S_ISREG(mode(name, directory)):
        raise FileNotFoundError(name)
    try:
        return os.open(name, os.O_RDWR | _FLAGS, dir_fd=directory)
    except PermissionError:
        file = os.open(name, os.O_RDONLY | _FLAGS, dir_fd=directory)
    try:
        if os.fstat(file).st_nlink > 1:
            raise FileNotFoundError(name)
        os.fchmod(file, _OURS)
    finally:
        os.close(file)
    return os.open(name, os.O_RDWR | _FLAGS, dir_fd=directory)


def _require_ours(found: os.stat_result, made: os.stat_result) -> None:
    """Refuse what isn't as we make files: a file with another name may be anybody's elsewhere."""
    owners = (found.st_uid, found.st_gid) == (made.st_uid, made.st_gid)
    if not (stat.S_ISREG(found.st_mode) and found.st_nlink <= 1 and owners):
        raise FileNotFoundError


def _require_same(there: os.stat_result, file: int) -> None:
    if not os.path.samestat(there, os.fstat(file)):
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
