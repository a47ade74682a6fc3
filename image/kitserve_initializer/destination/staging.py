"""The staging area: a hidden folder in the destination, whose content moves into place once every byte is verified.

The folder is inside the destination, the one place that is certainly on the same file system and writable. A run that
ends well, or that refuses what it got, removes it. A run that is stopped, or that its registry fails, leaves it if the
next one can save something by it; so does SIGKILL. What is in it: names.py.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from kitserve_initializer.destination import conflicts, directory_modes, draft, leftovers, marker
from kitserve_initializer.destination.assemble import assemble
from kitserve_initializer.destination.folder_lock import locked
from kitserve_initializer.destination.names import BLOB, LOCK, REMOVED, STAGING, record
from kitserve_initializer.destination.publish import publish, roll_forward
from kitserve_initializer.destination.workspace import Workspace
from kitserve_initializer.errors import Interrupted, RegistryFailure
from kitserve_initializer.fs.directory import enter
from kitserve_initializer.fs.foreign_tree import clean
from kitserve_initializer.fs.free_space import require
from kitserve_initializer.fs.json_file import save
from kitserve_initializer.fs.kept_file import KeptFile
from kitserve_initializer.fs.os_errors import destination_errors
from kitserve_initializer.fs.remove_tree import remove
from kitserve_initializer.fs.reserved_names import MARKER
from kitserve_initializer.fs.tree import Tree
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path
    from types import TracebackType

    from kitserve_initializer.destination.draft import Draft
    from kitserve_initializer.destination.place import Place
    from kitserve_initializer.destination.request import Request

_PASSING = (Interrupted, RegistryFailure)
"""What ends a run though all that it fetched was right, as far as anybody knows."""


class Staging:
    """The hidden folder of one destination; a context manager, and the only writer there.

    With `verify_again` nothing that was there before is believed, neither the marker nor finished trees. Files of a
    destination that is marked as complete give way to those that are unpacked then. So do files that nobody compared
    with their digest, if a policy for signatures asks for them.
    """

    def __init__(self, place: Place, request: Request, *, verify_again: bool = False) -> None:
        self._place = place
        self._destination = place.path
        self._request = request
        self._verify_again = verify_again
        self._made: list[Path] = []
        self._target = self._folder = self._lock = -1
        self._is_marked = self._spills = False
        self._trees: list[Tree] = []

    def __enter__(self) -> Self:
        try:
            with destination_errors(str(self._destination)):
                self._enter()
        except BaseException:
            self._leave(keep=self._lock < 0 or leftovers.are_of_use(self._folder))
            _remove_empty(self._made)
            raise
        if self._replaces:
            say(events.UNPACKING_AGAIN, destination=self._destination)
        return self

    def _enter(self) -> None:
        _make_directory(self._destination, self._made)
        self._target = os.open(self._destination, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        remove(REMOVED, self._target)
        self._folder, self._lock = locked(self._target, self._destination)
        roll_forward(self._folder, self._target)
        marker.refuse_another(self._target, self._request, self._destination)
        if marker.lacks_verification(self._target, self._request):
            # Whoever asks has verified all of it by the policy of today: the files are what they were.
            save(MARKER, self._request.document, self._folder, self._target)
        uncompared = marker.lacks_comparison(self._target, self._request)
        self._verify_again = self._verify_again or uncompared
        self._is_marked = uncompared or marker.holds(self._target, self._request)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for tree in self._trees:
            tree.close()
        keep = isinstance(error, _PASSING) and leftovers.are_of_use(self._folder)
        if keep:
            say(events.STAGING_KEPT, destination=self._destination)
        self._leave(keep=keep)
        if kind:
            _remove_empty(self._made)

    def _leave(self, *, keep: bool) -> None:
        """Let the folder go, and remove it if it isn't to be kept."""
        if self._target < 0:
            return
        if not keep:
            self._clear_away()
        for file in (self._folder, self._lock):
            if file >= 0:
                os.close(file)
        with suppress(OSError):  # a folder that was made in vain is empty
            os.rmdir(STAGING, dir_fd=self._target)
        remove(REMOVED, self._target)
        os.close(self._target)

    def _clear_away(self) -> None:
        # One step: a half removed folder must not look like one to continue.
        remove(REMOVED, self._target)
        try:
            os.rename(STAGING, REMOVED, src_dir_fd=self._target, dst_dir_fd=self._target)
        except OSError:  # some network file systems don't rename a folder with an open file in it
            leftovers.clear(self._folder)
            remove(LOCK, self._folder)  # while it is locked: who waits for it sees that it is gone

    @property
    def is_done(self) -> bool:
        """Whether another run, or the one that was killed, has left nothing to do."""
        return self._is_marked and not self._verify_again

    def begin(self, names: Collection[str], *, spills: bool = False) -> list[str]:
        """Keep the trees among `names` that an earlier run filled or began, and return the names to fill.

        `spills` says that memory doesn't hold what they get.
        """
        self._spills = spills
        with destination_errors(str(self._destination)):
            kept = leftovers.finished(names, self._request, self._folder, trusted=not self._verify_again)
        return [name for name in names if name not in kept]

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
            tree = Tree(enter(name, self._folder), spills=self._spills)
        self._trees.append(tree)
        return tree

    def draft(self, name: str) -> Draft:
        """Take up what an earlier run left of a tree, or make an empty one; `name` is as for `tree`."""
        with destination_errors(str(self._destination)):
            found = draft.begin(name, self._folder, spills=self._spills)
        self._trees.append(found.tree)
        return found

    def begun(self, names: Iterable[str]) -> int:
        """Return the bytes of the disk that an earlier run used for trees that it didn't finish."""
        return sum(draft.used(name, self._folder) for name in names)

    def forget(self, name: str) -> None:
        """Remove what an earlier run left of a tree."""
        draft.forget(name, self._folder)

    def finish(self, name: str, tree: Tree) -> None:
        """Record that a tree is complete and verified, so the next run needn't fill it again."""
        with destination_errors(str(self._destination)):
            save(record(name), directory_modes.to_json(tree.narrow), self._folder, self._folder)
        draft.forget(name, self._folder)
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


def _make_directory(path: Path, made: list[Path]) -> None:
    """Make a directory and its parents; `made` gets those that were missing, innermost first."""
    for each in reversed([each for each in (path, *path.parents) if not each.exists()]):
        each.mkdir(mode=0o755, exist_ok=True)
        made.insert(0, each)


def _remove_empty(directories: list[Path]) -> None:
    for directory in directories:
        try:
            directory.rmdir()
        except OSError:
            return
