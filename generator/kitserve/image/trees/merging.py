"""Layers on top of each other: by the initializer's rules, and by a container runtime's."""

from collections.abc import Iterable, Iterator

from kitserve_initializer.destination.conflicts import require_none
from kitserve_initializer.destination.kitfile import KITFILE
from kitserve_initializer.fs.paths import Parts
from kitserve_initializer.fs.tree import require_few, spelled

from kitserve.image.differences import Differences
from kitserve.image.trees.paths import FILE, IMPLIED, SKIPPED, UMASK, Paths, is_directory

_OWNERS = 0o700
_KITFILE_MODE = FILE | 0o644
_TWICE = "pack it once, or leave a layer out (--filter)"


def written(trees: Iterable[Paths], *, kitfile: bool) -> Paths:
    """Return what the initializer makes of trees: destination/assemble.py, destination/directory_modes.py.

    Raises:
        PathExists: naming paths that two of them have.
        InvalidArchive: if too many directories deny their owner something.
    """
    result: Paths = {KITFILE: _KITFILE_MODE} if kitfile else {}
    narrow: Paths = {}
    for tree in trees:
        require_none(_conflicts(tree, result), "another layer")
        for path, mode in tree.items():
            result.setdefault(path, mode | _OWNERS if is_directory(mode) else mode)
            if is_directory(mode) and mode & _OWNERS != _OWNERS:
                narrow.setdefault(path, mode)
    require_few(len(narrow), sum(spelled(tuple(path.split("/"))) for path in narrow))
    return {path: mode & ~UMASK for path, mode in (result | narrow).items()}


def _conflicts(tree: Paths, result: Paths) -> Iterator[Parts]:
    for path, mode in tree.items():
        there = result.get(path)
        if there is not None and not (is_directory(there) and is_directory(mode)):
            yield tuple(path.split("/"))


def laid(trees: Iterable[Paths], differences: Differences) -> Paths:
    """Return what a runtime makes of trees; what one of them hides of another is a difference.

    A directory is marked as IMPLIED if it is in one of them: what mode it has then depends on the runtime.
    """
    result: Paths = {}
    for tree in trees:
        for path, mode in tree.items():
            there = result.get(path)
            if there is None:
                result[path] = mode
            elif is_directory(there) and is_directory(mode):
                result[path] = there | IMPLIED if mode & IMPLIED else mode | there & IMPLIED
            elif not there & mode & SKIPPED:
                differences.add(path, "is in two layers, and an image shows the later one's", _TWICE)
    return result
