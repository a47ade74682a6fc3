"""Finished trees, merged and moved into the destination; the next run can complete what one began.

Every step is a rename, and each may be the last before a SIGKILL. Merging again gives the same result, because what
has been moved isn't in its tree. The move begins with a journal; once there is one, the move can only be completed.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from kitserve_initializer.config.options import KIT
from kitserve_initializer.destination import marker
from kitserve_initializer.destination.rollback_log import Ledger
from kitserve_initializer.errors import PathExists, UnsafeArchive
from kitserve_initializer.fs.merge_dirs import Rule, conflicts, foreseen, merge
from kitserve_initializer.fs.paths import Parts, join, split
from kitserve_initializer.fs.tree import Tree, enter, require_few, walked
from kitserve_initializer.log import LOG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kitserve_initializer.destination.marker import Request

RESULT = "result"
PLAN = "plan.json"
JOURNAL = "publish.json"

KITFILE = "Kitfile"
_KITFILE_TREE = "kitfile"
_NAMED = 20
"""Paths that an error names, so that it fits into a termination log."""
_LOGGED = 1000
"""Paths that have a line each in the log if there are more."""

Modes = dict[Parts, int]
"""Directories and the modes they get in the end."""


class Publisher:
    """Moves trees in the directory `folder` to the directory `target`, which errors call `place`."""

    def __init__(self, place: str, folder: int, target: int, request: Request) -> None:
        self._place = place
        self._folder = folder
        self._target = target
        self._request = request
        self._rule = Rule[request.rule]

    def foresee(self, planned: Iterable[str], kitfile: bytes | None) -> None:
        """Check that nothing is in the way of paths that are known before their content.

        Raises:
            PathExists: naming it.
        """
        found = list(foreseen(_safe(planned), self._target, self._rule))
        if kitfile is not None and not self._has_kitfile(kitfile) and self._refuses_kitfile():
            found.insert(0, (KITFILE,))
        self._check(dict.fromkeys(found), self._place)

    def assemble(self, names: list[str], kitfile: bytes | None) -> None:
        """Merge the trees, the Kitfile first.

        Raises:
            PathExists: naming a path in two trees, or a path in the Kitfile's way.
        """
        marker.save(PLAN, self._request.document, self._folder, self._folder)
        self._make_result(names, kitfile)
        result = enter(RESULT, self._folder)
        try:
            if kitfile is not None and not self._has_kitfile(kitfile) and not _has(KITFILE, result):
                self._check([(KITFILE,)] if self._refuses_kitfile() else [], self._place)
                self._add_kitfile(kitfile, result)
            taken_whole = names and not _has(names[0], self._folder)
            for name in names[1:] if taken_whole else names:
                self._add(name, result)
        finally:
            os.close(result)

    def move(self, names: list[str]) -> None:
        """Move the result into the destination, and mark what it holds then.

        Raises:
            PathExists: naming what is in the way; nothing has changed then.
            OSError: then the files that were new in the destination are removed.
        """
        result = enter(RESULT, self._folder)
        try:
            self._check(conflicts(result, self._target, self._rule), self._place)
            narrow = self._narrow(names)
            journal = {"marker": self._request.document, "narrow": records(narrow)}
            marker.save(JOURNAL, journal, self._folder, self._folder)
            self._move(result, narrow)
        except BaseException:
            _unlink(JOURNAL, self._folder)
            raise
        finally:
            os.close(result)

    def _move(self, result: int, narrow: Modes) -> None:
        moved = Ledger(self._folder)
        try:
            _unlink(marker.NAME, self._target)
            _move(result, self._target, self._rule, narrow, moved.add)
            marker.save(marker.NAME, self._request.document, self._folder, self._target)
        except BaseException:
            _unlink(marker.NAME, self._target)
            for parts in moved.paths():
                _move_back(parts, self._target, result)
            raise
        finally:
            moved.close()

    def _make_result(self, names: list[str], kitfile: bytes | None) -> None:
        """Use the first tree as the result, with one rename, unless the Kitfile must replace a file in it."""
        if _has(RESULT, self._folder):
            return
        if names and (kitfile is None or not _has(f"{names[0]}/{KITFILE}", self._folder)):
            os.rename(names[0], RESULT, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        else:
            os.mkdir(RESULT, dir_fd=self._folder)

    def _add(self, name: str, result: int) -> None:
        source = enter(name, self._folder)
        try:
            self._check(conflicts(source, result, self._rule), self._other)
            merge(source, result, self._rule)
        finally:
            os.close(source)

    def _add_kitfile(self, kitfile: bytes, result: int) -> None:
        """Write the Kitfile beside the result, so no reader sees a part of it."""
        with suppress(FileExistsError):
            os.mkdir(_KITFILE_TREE, dir_fd=self._folder)
        source = f"{_KITFILE_TREE}/{KITFILE}"
        _unlink(source, self._folder)
        tree = Tree(enter(_KITFILE_TREE, self._folder))
        try:
            tree.add_file((KITFILE,), 0o644, [kitfile])
        finally:
            tree.close()
        os.rename(source, KITFILE, src_dir_fd=self._folder, dst_dir_fd=result)

    def _has_kitfile(self, kitfile: bytes) -> bool:
        """Return whether the destination has the same Kitfile."""
        mode = self._kitfile_mode()
        return stat.S_ISREG(mode) and _read(KITFILE, self._target, len(kitfile) + 1) == kitfile

    def _refuses_kitfile(self) -> bool:
        """Return whether the file in the Kitfile's place must stay; -i doesn't apply to it, as in `kit unpack`."""
        mode = self._kitfile_mode()
        return bool(mode) and not (self._rule is Rule.OVERWRITE and stat.S_ISREG(mode))

    def _kitfile_mode(self) -> int:
        try:
            return os.stat(KITFILE, dir_fd=self._target, follow_symlinks=False).st_mode
        except FileNotFoundError:
            return 0

    @property
    def _other(self) -> str:
        """The name of the other holder of a path, for messages."""
        layout = self._request.layout
        return "another layer" if layout == KIT else f"in the layout {layout} another layer"

    def _check(self, found: Iterable[Parts], holder: str) -> None:
        first, count = _first(found)
        if not count:
            return
        paths = [repr(join(parts)) for parts in first]
        more = f" and {count - _NAMED} more" if count > _NAMED else ""
        if more:
            for path in paths:
                LOG.warning("%s already has %s", holder, path)
        raise PathExists(f"{holder} already has {', '.join(paths[:_NAMED])}{more}")

    def _narrow(self, names: list[str]) -> Modes:
        """Return the modes of directories that are new in the destination; the first tree's win."""
        wanted: Modes = {}
        for name in reversed(names):
            wanted |= modes(marker.load(f"{name}.json", self._folder))
            require_few(wanted)
        return {parts: mode for parts, mode in wanted.items() if not _is_directory(parts, self._target)}


def _first(found: Iterable[Parts]) -> tuple[list[Parts], int]:
    """Return the first paths by name, as many as messages show, and the number of all."""
    first: list[Parts] = []
    count = 0
    for parts in found:
        count += 1
        first.append(parts)
        if len(first) == 2 * _LOGGED:
            first = sorted(first)[:_LOGGED]
    return sorted(first)[:_LOGGED], count


def _safe(planned: Iterable[str]) -> Iterator[Parts]:
    """Leave out paths that no layer can have; the layer's own paths decide later."""
    for path in planned:
        with suppress(UnsafeArchive):
            yield split(path)


def roll_forward(folder: int, target: int) -> None:
    """Complete the move that a killed run began."""
    journal = marker.load(JOURNAL, folder)
    if not isinstance(journal, dict):
        return
    with suppress(FileNotFoundError):
        result = enter(RESULT, folder)
        try:
            _move(result, target, Rule[journal["marker"]["rule"]], modes(journal["narrow"]))
            marker.save(marker.NAME, journal["marker"], folder, target)
        finally:
            os.close(result)
    _unlink(JOURNAL, folder)


def records(narrow: Modes) -> list[list[Any]]:
    """Return modes in the form for JSON."""
    return [[list(parts), mode] for parts, mode in narrow.items()]


def modes(found: object) -> Modes:
    """Return modes from the form of `records`."""
    return {tuple(parts): mode for parts, mode in found} if isinstance(found, list) else {}


def _move(
    result: int, target: int, rule: Rule, narrow: Modes, tell: Callable[[Parts], object] = lambda _: None
) -> None:
    """Move everything, and record each path that is new in the destination."""
    merge(result, target, rule, tell)
    for parts in sorted(narrow, reverse=True):
        with walked(target, parts) as directory:
            os.fchmod(directory, narrow[parts] & ~_umask())


def _move_back(parts: Parts, target: int, result: int) -> None:
    """Undo the move of a path, if it happened; if not, the file in the destination isn't ours."""
    try:
        with walked(target, parts[:-1]) as source, walked(result, parts[:-1]) as back:
            if not _has(parts[-1], back):
                os.rename(parts[-1], parts[-1], src_dir_fd=source, dst_dir_fd=back)
    except OSError:
        return


def _is_directory(parts: Parts, root: int) -> bool:
    try:
        with walked(root, parts):
            return True
    except OSError:
        return False


def _has(name: str, directory: int) -> bool:
    try:
        os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _unlink(name: str, directory: int) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=directory)


def _read(name: str, directory: int, limit: int) -> bytes:
    file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    try:
        return os.read(file, limit)
    finally:
        os.close(file)


def _umask() -> int:
    """Return the process's umask; it can only be read by setting it, so no other thread may run."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
