"""The staging area: a hidden folder in the destination, whose content moves into place once every byte is verified.

The folder is inside the destination, the one place that is certainly on the same file system and writable. It is
gone when the run ends; what a SIGKILL left of it is taken up by the next run. What is in it: names.py.
"""

from __future__ import annotations

import fcntl
import os
import stat
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from kitserve_initializer.destination import conflicts, directory_modes, marker
from kitserve_initializer.destination.assemble import assemble
from kitserve_initializer.destination.names import BLOB, LOCK, PLAN, REMOVED, RESULT, STAGING, record
from kitserve_initializer.destination.publish import publish, roll_forward
from kitserve_initializer.destination.workspace import Workspace
from kitserve_initializer.fs.directory import enter, entries, exists, is_directory, mode
from kitserve_initializer.fs.foreign_tree import clean
from kitserve_initializer.fs.json_file import load, save
from kitserve_initializer.fs.kept_file import KeptFile
from kitserve_initializer.fs.os_errors import destination_errors
from kitserve_initializer.fs.remove_tree import remove
from kitserve_initializer.fs.tree import Tree, require
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path
    from types import TracebackType

    from kitserve_initializer.destination.place import Place
    from kitserve_initializer.destination.request import Request

_LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class Staging:
    """The hidden folder of one destination; a context manager, and the only writer there.

    With `verify_again` nothing that was there before is believed, neither the marker nor finished trees. Files of a
    destination that is marked as complete give way to those that are unpacked then.
    """

    def __init__(self, place: Place, request: Request, *, verify_again: bool = False) -> None:
        self._place = place
        self._destination = place.path
        self._request = request
        self._verify_again = verify_again
        self._made: list[Path] = []
        self._trees: list[Tree] = []

    def __enter__(self) -> Self:
        with destination_errors(str(self._destination)):
            self._made = _make_directory(self._destination)
            self._target = os.open(self._destination, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            remove(REMOVED, self._target)
            self._folder, self._lock = _locked(self._target, self._destination)
            roll_forward(self._folder, self._target)
            self._is_marked = marker.holds(self._target, self._request)
        if self._is_marked and self._verify_again:
            say(events.UNPACKING_AGAIN, destination=self._destination)
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
        """Whether another run, or the one that was killed, has left nothing to do."""
        return self._is_marked and not self._verify_again

    def begin(self, names: Collection[str]) -> list[str]:
        """Keep the finished trees among `names`, remove everything else, and return the names to fill.

        Without names it keeps nothing: old content couldn't be told from new content.
        """
        with destination_errors(str(self._destination)):
            recorded = set() if self._verify_again else {name for name in names if self._is_recorded(name)}
            assembling = self._is_assembling(names, recorded)
            kept = recorded if assembling else self._finished(recorded)
            keep = {LOCK, *kept, *map(record, kept), *([RESULT, PLAN] if assembling else [])}
            self._clear(keep, ".json")  # a tree that is going must not look like one that was moved
            self._clear(keep)
        return [name for name in names if name not in kept]

    def _is_recorded(self, name: str) -> bool:
        """Tell whether a tree has a record, which is written when it is finished."""
        return directory_modes.from_json(load(record(name), self._folder)) is not None

    def _finished(self, recorded: set[str]) -> set[str]:
        """Return the trees that are there whole; with a result there are none, as some are in it already."""
        if exists(RESULT, self._folder):
            return set()
        return {name for name in recorded if is_directory((name,), self._folder)}

    def _is_assembling(self, names: Collection[str], recorded: set[str]) -> bool:
        """Tell whether the result is of these trees: it is begun only when all of them are finished."""
        return (
            bool(names)
            and recorded == {*names}
            and is_directory((RESULT,), self._folder)
            and load(PLAN, self._folder) == self._request.document
        )

    def _clear(self, keep: Collection[str], suffix: str = "") -> None:
        # What goes while it is listed may hide what stays (POSIX, readdir).
        while sum(
            remove(entry.name, self._folder)
            for entry in entries(self._folder)
            if entry.name not in keep and entry.name.endswith(suffix)
        ):
            pass

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

    def clean(self, name: str) -> int:
        """Look through a tree that another program filled; return how many markers were in it, and are gone.

        Raises:
            UnsafeArchive: if it holds what no layer may.
        """
        with destination_errors(str(self._destination)):
            tree = enter(name, self._folder)
            try:
                return clean(tree)
            finally:
                os.close(tree)

    def kept(self, chunks: Iterable[bytes]) -> KeptFile:
        """Keep the bytes of a blob that several trees are filled from; the caller closes what it gets."""
        with destination_errors(str(self._destination)):
            kept = KeptFile(f"{BLOB}-{threading.get_ident()}", self._folder)
        try:
            for chunk in chunks:
                with destination_errors(str(self._destination)):
                    kept.add(chunk)
        except BaseException:
            kept.close()
            raise
        return kept

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
        return Workspace(self._place, self._folder, self._target, self._request, self._replaces)

    @property
    def _replaces(self) -> bool:
        return self._is_marked and self._verify_again


def _locked(target: int, destination: Path) -> tuple[int, int]:
    """Open the staging folder, made if missing, and its lock; wait for the run that has it."""
    while True:
        with suppress(FileExistsError):
            os.mkdir(STAGING, 0o700, dir_fd=target)
        try:
            folder = enter(STAGING, target)
        except FileNotFoundError:
            continue
        except OSError:
            if not _remove_foreign(STAGING, target, stat.S_ISDIR):
                raise
            continue
        try:
            return folder, _lock(folder, target, destination)
        except FileNotFoundError:
            os.close(folder)  # the run that had it has taken the folder away
        except BaseException:
            os.close(folder)
            raise


def _remove_foreign(name: str, directory: int, is_ours: Callable[[int], bool]) -> bool:
    """Remove what has a name of ours and isn't of its kind; tell whether there was such a thing, and it is gone."""
    there = mode(name, directory)
    return bool(there) and not is_ours(there) and remove(name, directory)


def _lock(folder: int, target: int, destination: Path) -> int:
    _remove_foreign(LOCK, folder, stat.S_ISREG)
    lock = os.open(LOCK, _LOCK_FLAGS, 0o600, dir_fd=folder)
    try:
        _wait_for(lock, destination)
        _compare(os.stat(f"{STAGING}/{LOCK}", dir_fd=target), os.fstat(lock))
    except BaseException:
        os.close(lock)
        raise
    return lock


def _compare(there: os.stat_result, locked: os.stat_result) -> None:
    if not os.path.samestat(there, locked):
        raise FileNotFoundError


def _wait_for(lock: int, destination: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(events.WAITING_FOR_RUN, destination=destination)
        fcntl.flock(lock, fcntl.LOCK_EX)


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
