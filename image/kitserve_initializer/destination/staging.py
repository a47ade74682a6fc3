"""The staging area: a hidden folder in the destination, whose content moves into place once every byte is verified.

The folder is inside the destination, the one place that is certainly on the same file system and writable. It is
gone when the run ends; what a SIGKILL left of it is taken up by the next run. What is in it: names.py.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from kitserve_initializer.destination import conflicts, directory_modes, marker
from kitserve_initializer.destination.assemble import assemble
from kitserve_initializer.destination.names import LOCK, PLAN, REMOVED, RESULT, STAGING, record
from kitserve_initializer.destination.publish import publish, roll_forward
from kitserve_initializer.destination.workspace import Workspace
from kitserve_initializer.fs.directory import enter
from kitserve_initializer.fs.json_file import load, save
from kitserve_initializer.fs.os_errors import destination_errors
from kitserve_initializer.fs.remove_tree import remove
from kitserve_initializer.fs.tree import Tree, require
from kitserve_initializer.log import LOG

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path
    from types import TracebackType

    from kitserve_initializer.destination.request import Request

_LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class Staging:
    """The hidden folder of one destination; a context manager, and the only writer there."""

    def __init__(self, destination: Path, request: Request) -> None:
        self._destination = destination
        self._request = request
        self._made: list[Path] = []
        self._trees: list[Tree] = []

    def __enter__(self) -> Self:
        with destination_errors(str(self._destination)):
            self._made = _make_directory(self._destination)
            self._target = os.open(self._destination, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            remove(REMOVED, self._target)
            self._folder, self._lock = _locked(self._target)
            roll_forward(self._folder, self._target)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for tree in self._trees:
            tree.close()
        os.close(self._folder)
        # One step: a half removed folder must not look like one to continue.
        remove(REMOVED, self._target)
        with suppress(OSError):
            os.rename(STAGING, REMOVED, src_dir_fd=self._target, dst_dir_fd=self._target)
        os.close(self._lock)
        remove(REMOVED, self._target)
        os.close(self._target)
        if kind:
            _remove_empty(self._made)

    @property
    def is_done(self) -> bool:
        """Whether another run, or the killed one, has left nothing to do."""
        return marker.holds(self._target, self._request)

    def begin(self, names: Collection[str]) -> list[str]:
        """Keep the finished trees among `names`, remove everything else, and return the names to fill.

        Without names it keeps nothing: old content couldn't be told from new content.
        """
        with destination_errors(str(self._destination)):
            there = _names(self._folder)
            finished = {name for name in names if record(name) in there}
            assembling = RESULT in there and self._is_planned(names, finished)
            # Some of another plan's trees are in its result already.
            kept = finished if assembling or RESULT not in there else set()
            keep = {LOCK, *kept, *map(record, kept), *([RESULT, PLAN] if assembling else [])}
            for name in sorted(there - keep, key=lambda name: not name.endswith(".json")):
                remove(name, self._folder)
        return [name for name in names if name not in kept]

    def _is_planned(self, names: Collection[str], finished: set[str]) -> bool:
        """Return whether the result is of these trees: it begins only after all of them are finished."""
        return bool(names) and finished == {*names} and load(PLAN, self._folder) == self._request.document

    def check_planned(self, planned: Collection[str], kitfile: bytes | None) -> None:
        """Check that nothing will be in the way of paths, before there is content for them.

        Raises:
            PathExists: naming it.
        """
        with destination_errors(str(self._destination)):
            conflicts.check_planned(planned, kitfile, self._workspace)

    def require(self, size: int) -> None:
        """Check that the destination has room for `size` bytes.

        Raises:
            DiskFull: if it hasn't.
        """
        with destination_errors(str(self._destination)):
            require(size, self._target, f"{str(self._destination)!r}")

    def tree(self, name: str) -> Tree:
        """Make an empty directory to fill; `name` is the caller's, and unique."""
        with destination_errors(str(self._destination)):
            remove(name, self._folder)
            os.mkdir(name, dir_fd=self._folder)
            tree = Tree(enter(name, self._folder))
        self._trees.append(tree)
        return tree

    def finish(self, name: str, tree: Tree) -> None:
        """Record that a tree is complete and verified, so the next run needn't fill it again."""
        with destination_errors(str(self._destination)):
            save(record(name), directory_modes.to_json(tree.narrow), self._folder, self._folder)
        self._trees.remove(tree)
        tree.close()

    def path(self, name: str) -> Path:
        """Return a tree's path, for a program that needs paths."""
        return self._destination / STAGING / name

    def publish(self, names: list[str], kitfile: bytes | None) -> None:
        """Merge the trees in the order of their names, and rename the result into the destination.

        Raises:
            PathExists: naming what is in the way; nothing has changed then.
        """
        with destination_errors(str(self._destination)):
            assemble(names, kitfile, self._workspace)
            publish(names, self._workspace)

    @property
    def _workspace(self) -> Workspace:
        return Workspace(str(self._destination), self._folder, self._target, self._request)


def _locked(target: int) -> tuple[int, int]:
    """Open the staging folder, made if missing, and its lock; wait for the run that has it."""
    while True:
        with suppress(FileExistsError):
            os.mkdir(STAGING, 0o700, dir_fd=target)
        try:
            folder = enter(STAGING, target)
        except FileNotFoundError:
            continue
        try:
            return folder, _lock(folder, target)
        except FileNotFoundError:
            os.close(folder)  # the run that had it has taken the folder away
        except BaseException:
            os.close(folder)
            raise


def _lock(folder: int, target: int) -> int:
    lock = os.open(LOCK, _LOCK_FLAGS, 0o600, dir_fd=folder)
    try:
        _wait_for(lock)
        _compare(os.stat(f"{STAGING}/{LOCK}", dir_fd=target), os.fstat(lock))
    except BaseException:
        os.close(lock)
        raise
    return lock


def _compare(there: os.stat_result, locked: os.stat_result) -> None:
    if not os.path.samestat(there, locked):
        raise FileNotFoundError


def _wait_for(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        LOG.info("waiting for another run in the same destination")
        fcntl.flock(lock, fcntl.LOCK_EX)


def _names(directory: int) -> set[str]:
    with os.scandir(directory) as entries:
        return {entry.name for entry in entries}


def _make_directory(path: Path) -> list[Path]:
    """Make a directory and its parents; return those that were missing, innermost first."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o755, exist_ok=True)
    return missing


def _remove_empty(directories: list[Path]) -> None:
    for directory in directories:
        try:
            directory.rmdir()
        except OSError:
            return
