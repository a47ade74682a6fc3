"""Where a ModelKit takes shape: a hidden folder in the destination, renamed into place when every byte was verified.

The folder lies inside the destination because that is the one place known to be on its file system and writable. It is
gone when the run ends, whichever way; what a SIGKILL left of it is removed by the next run.
"""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING, Self

from kitserve_initializer.errors import PathExists
from kitserve_initializer.merge import Rule, conflicts, merge
from kitserve_initializer.paths import RESERVED, Parts, join
from kitserve_initializer.tree import Tree, enter, faults, walked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

_FOLDER = f"{RESERVED}-staging"
_RESULT = "result"
_KITFILE = "Kitfile"
_NAMED = 20
"""Paths that an error names, so that it fits into a termination log."""


class Staging:
    """The hidden folder of one destination; a context manager, and the only writer there."""

    def __init__(self, destination: Path, rule: Rule) -> None:
        self._destination = destination
        self.rule = rule
        self._made: list[Path] = []
        self._trees: list[Tree] = []

    def __enter__(self) -> Self:
        with faults(str(self._destination)):
            self._made = _make_directory(self._destination)
            self._target = os.open(self._destination, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            _remove(_FOLDER, self._target)
            os.mkdir(_FOLDER, 0o700, dir_fd=self._target)
            self._folder = enter(_FOLDER, self._target)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for tree in self._trees:
            tree.close()
        os.close(self._folder)
        _remove(_FOLDER, self._target)
        os.close(self._target)
        if kind:
            _remove_empty(self._made)

    def tree(self, name: str) -> Tree:
        """Make an empty directory to fill; `name` is the caller's, and unique."""
        with faults(str(self._destination)):
            os.mkdir(name, dir_fd=self._folder)
            tree = Tree(enter(name, self._folder))
        self._trees.append(tree)
        return tree

    def path(self, name: str) -> Path:
        """Return where a tree lies, for a program that takes paths."""
        return self._destination / _FOLDER / name

    def publish(self, names: list[str], kitfile: bytes | None) -> None:
        """Put the trees together in the order of their names, and rename the result into the destination.

        Raises:
            PathExists: naming what is in the way; nothing has changed then.
        """
        with faults(str(self._destination)):
            os.mkdir(_RESULT, dir_fd=self._folder)
            result = enter(_RESULT, self._folder)
            try:
                self._assemble(names, kitfile, result)
                self._check(conflicts(result, self._target, self.rule))
                self._move(result, self._narrow())
            finally:
                os.close(result)

    def _assemble(self, names: list[str], kitfile: bytes | None, result: int) -> None:
        if kitfile is not None and not self._has_kitfile(kitfile):
            root = Tree(os.dup(result))
            root.add_file((_KITFILE,), 0o644, [kitfile])
            root.close()
        for name in names:
            source = enter(name, self._folder)
            try:
                self._check(conflicts(source, result, self.rule))
                merge(source, result, self.rule, [])
            finally:
                os.close(source)

    def _has_kitfile(self, kitfile: bytes) -> bool:
        """Tell whether the destination has this very Kitfile; -i doesn't apply to it, as in `kit unpack`."""
        try:
            mode = os.stat(_KITFILE, dir_fd=self._target, follow_symlinks=False).st_mode
        except FileNotFoundError:
            return False
        if stat.S_ISREG(mode) and _read(_KITFILE, self._target, len(kitfile) + 1) == kitfile:
            return True
        if self.rule is not Rule.OVERWRITE:
            self._check([(_KITFILE,)])
        return False

    def _check(self, found: Iterable[Parts]) -> None:
        paths = [repr(join(parts)) for parts in found]
        if paths:
            more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
            raise PathExists(f"{self._destination} already has {', '.join(paths[:_NAMED])}{more}")

    def _narrow(self) -> dict[Parts, int]:
        """Return the modes to set at the end: those of directories that the destination doesn't have yet."""
        wanted = {parts: mode for tree in reversed(self._trees) for parts, mode in tree.narrow.items()}
        return {parts: mode for parts, mode in wanted.items() if not _is_directory(parts, self._target)}

    def _move(self, result: int, narrow: dict[Parts, int]) -> None:
        moved: list[Parts] = []
        try:
            merge(result, self._target, self.rule, moved)
            for parts in sorted(narrow, reverse=True):
                with walked(self._target, parts) as directory:
                    os.fchmod(directory, narrow[parts] & ~_umask())
        except BaseException:
            for parts in reversed(moved):
                _move_back(parts, self._target, result)
            raise


def _make_directory(path: Path) -> list[Path]:
    """Make a directory and its parents; return those that were missing, innermost first."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o755, exist_ok=True)
    return missing


def _is_directory(parts: Parts, root: int) -> bool:
    try:
        with walked(root, parts):
            return True
    except OSError:
        return False


def _remove_empty(directories: list[Path]) -> None:
    for directory in directories:
        try:
            directory.rmdir()
        except OSError:
            return


def _remove(name: str, parent: int) -> None:
    shutil.rmtree(name, ignore_errors=True, dir_fd=parent)


def _read(name: str, directory: int, limit: int) -> bytes:
    file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    try:
        return os.read(file, limit)
    finally:
        os.close(file)


def _move_back(parts: Parts, target: int, result: int) -> None:
    try:
        with walked(target, parts[:-1]) as source, walked(result, parts[:-1]) as back:
            os.rename(parts[-1], parts[-1], src_dir_fd=source, dst_dir_fd=back)
    except OSError:
        return


def _umask() -> int:
    """Return the process's umask; it can only be read by setting it, so no other thread may run."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
