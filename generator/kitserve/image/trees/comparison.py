"""The initializer's tree and a runtime's: what the image's own layer puts right, and what nothing can."""

from collections.abc import Iterator
from dataclasses import dataclass

from kitserve_initializer.destination.kitfile import KITFILE

from kitserve.image.differences import Differences
from kitserve.image.trees.member_faults import WHITEOUT
from kitserve.image.trees.own_layer import OwnLayer
from kitserve.image.trees.paths import (
    ALL_BITS,
    IMPLIED,
    IMPLIED_MODE,
    PERMISSIONS,
    SKIPPED,
    UMASK,
    Paths,
    below,
    is_directory,
    parents,
)

MOUNTED = "models"
"""The folder of an image that KServe mounts (pkg/utils/storage.go, ConfigureOciNativeToContainer)."""

_OWN_LIMIT = 4000
"""Members of our own layer: it stays within some megabytes, whatever comes."""
_WHITEOUT_LIMIT = 255 - len(WHITEOUT)
_TOO_MANY = "would take {} folders and names that our own layer puts right, and {} are the most"
_UNIFORM = "give all folders one mode before packing (chmod 755), and leave out .kitserve.json"
_READ, _LOOK = 0o444, 0o555
_IN_THE_WAY = f"is where KServe mounts the folder {MOUNTED!r} of an image, and a pod would see that alone"
_RENAME = "rename it and pack again, or let the initializer unpack the ModelKit"
_SHOW = f"{_RENAME}; if the model lies in it, --layout model shows it alone"
_READABLE = "give everybody the right to read before packing (chmod -R a+rX)"
_PRIVILEGES = "take those bits away before packing (chmod -R ug-s,-t)"


@dataclass(frozen=True)
class Trees:
    """What the initializer writes, what a runtime lays down, and the folder in which that is to be the same."""

    written: Paths
    laid: Paths
    folder: str


def compare(trees: Trees, kitfile: bytes | None, differences: Differences) -> OwnLayer:
    """Return the own layer that makes a pod see what the initializer writes; what it can't is a difference."""
    own = OwnLayer()
    if kitfile is not None:
        own.files[below(trees.folder, KITFILE)] = kitfile
    _place(trees, own, differences)
    for path, mode in trees.written.items():
        if is_directory(mode):
            _compare_directory(path, mode, trees, own, differences)
        elif not (path == KITFILE and kitfile is not None):
            _compare_file(path, mode, trees, differences)
    own.removed.extend(path for path in _extra(trees) if path not in own.files and path not in own.links)
    _add_parents(trees.laid, own)
    _limit(own, differences)
    return own


def _add_parents(laid: Paths, own: OwnLayer) -> None:
    """Add the directories on the way, which a runtime may make anew, if they need their mode told."""
    for path in own.paths:
        for parent in parents(path):
            mode = laid.get(parent, IMPLIED_MODE)
            if parent not in own.directories and _narrowed(mode) != IMPLIED_MODE:
                own.directories[parent] = mode & PERMISSIONS


def _limit(own: OwnLayer, differences: Differences) -> None:
    for path in own.removed:
        if len(path.rpartition("/")[2]) > _WHITEOUT_LIMIT:
            differences.add(
                path, "holds nothing but a marker, and its name is too long to be removed", _RENAME
            )
    if own.count > _OWN_LIMIT:
        differences.add(MOUNTED, _TOO_MANY.format(own.count, _OWN_LIMIT), _UNIFORM)


def _place(trees: Trees, own: OwnLayer, differences: Differences) -> None:
    """Plan the link that shows the folder where KServe mounts, and the folder's own mode."""
    folder = trees.folder
    top = trees.laid.get(folder, IMPLIED_MODE)
    if not _is_sure(top, IMPLIED_MODE):
        own.directories[folder] = IMPLIED_MODE
    if folder == MOUNTED:
        return
    if folder.startswith(f"{MOUNTED}/") or (not folder and MOUNTED in trees.written):
        differences.add(folder or MOUNTED, _IN_THE_WAY, _RENAME if folder else _SHOW)
    else:
        own.links[MOUNTED] = folder or "."


def _compare_directory(path: str, mode: int, trees: Trees, own: OwnLayer, differences: Differences) -> None:
    lies = below(trees.folder, path)
    there = trees.laid.get(lies)
    if mode & _LOOK != _LOOK:
        differences.add(
            path, f"is a folder that not everybody can look into ({mode & ALL_BITS:04o})", _READABLE
        )
    if there is None or not _is_sure(there, mode & ALL_BITS):
        own.directories[lies] = mode & ALL_BITS


def _compare_file(path: str, mode: int, trees: Trees, differences: Differences) -> None:
    there = trees.laid.get(below(trees.folder, path), mode)
    if mode & _READ != _READ:
        differences.add(path, f"is a file that not everybody can read ({mode & ALL_BITS:04o})", _READABLE)
    if _narrowed(there) != mode & ALL_BITS:
        differences.add(
            path, f"has the mode {there & ALL_BITS:04o}, and the initializer drops privileges", _PRIVILEGES
        )


def _is_sure(there: int, mode: int) -> bool:
    """Tell whether a directory gets a mode from every runtime; CRI-O's gives 0755 to one that a layer only implies."""
    return _narrowed(there) == mode and (mode == IMPLIED_MODE or not there & IMPLIED)


def _narrowed(mode: int) -> int:
    return mode & ALL_BITS & ~UMASK


def _extra(trees: Trees) -> Iterator[str]:
    """Yield what a runtime has and the initializer hasn't, without what lies in it: markers, and folders of them."""
    for lies, mode in trees.laid.items():
        if not (is_directory(mode) or mode & SKIPPED):
            continue
        path = _within(lies, trees.folder)
        if path and path not in trees.written and _is_there(path.rpartition("/")[0], trees.written):
            yield lies


def _within(lies: str, folder: str) -> str:
    """Return a path in the folder; empty if it lies elsewhere."""
    if not folder:
        return lies
    return lies[len(folder) + 1 :] if lies.startswith(f"{folder}/") else ""


def _is_there(folder: str, written: Paths) -> bool:
    return not folder or is_directory(written.get(folder, 0))
