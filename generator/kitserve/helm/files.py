"""The bytes of files that somebody else may have made.

In CI the author of a pull request makes the tree that is looked at. A link in it could show one of the machine's files
in a report, and a device never ends: what is read is of a bounded size, and no link leads out of what was named.
"""

import errno
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

MOST = 16 * 1024 * 1024
"""Bytes of a file or a pipe."""
_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_DEVICES = Path("/dev")
_TERMINALS = ("/dev/stdin", "/dev/tty", "/dev/pts/")


class UntakenError(OSError):
    """What is there and isn't read. `strerror` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(errno.EPERM, reason)


def read_bytes(file: str, folder: str = "") -> bytes:
    """Return the bytes of a file that was named (`-` is standard input), or that was found in a named folder.

    `folder` is the path of that folder without links.

    Raises:
        OSError: it can't be read.
        UntakenError: it is too large, no file, or a link leads out (`root_of` says of what).
    """
    if file == "-":
        if sys.stdin is None:
            raise OSError(errno.EBADF, "it is closed")
        return _bounded(sys.stdin.buffer.read(MOST + 1))
    path = resolved(file, folder or os.path.realpath(root_of(file)))
    _refuse_others(path, pipes=not folder)
    with path.open("rb") as opened:
        return _bounded(opened.read(MOST + 1))


def _bounded(content: bytes) -> bytes:
    if len(content) > MOST:
        raise UntakenError(f"it is larger than {MOST // 1024**2} MiB")
    return content


def root_of(file: str) -> str:
    """Return the folder that no link on the way to a file may leave.

    For a path below the working directory, or below the `..` that it begins with, that is this directory; for any
    other it is the file's own. What is in /dev nobody makes.
    """
    path, here = Path(file), Path.cwd()
    written = Path(os.path.normpath(here / path))  # `..` as it is written, wherever a link leads
    if written.is_relative_to(_DEVICES):
        return "/"
    if written.is_relative_to(here):
        return str(here)
    return str(written.parent if path.is_absolute() else here.joinpath(*_ups(path)))


def _ups(path: Path) -> Iterator[str]:
    for part in path.parts:
        if part != os.pardir:
            return
        yield part


def resolved(file: str, root: str) -> Path:
    """Return a path without links. Raises UntakenError if it leaves the root, which has none; OSError."""
    if root == "/":
        return Path(file)  # a pipe in /dev/fd has no other path
    path = Path(os.path.realpath(file))
    if not path.is_relative_to(root):
        raise UntakenError("a link leads from it out of what was named")
    return path


def _refuse_others(path: Path, *, pipes: bool) -> None:
    """Raise UntakenError for what has no end, or none of its own; OSError where there is nothing."""
    found = path.stat()
    kind = found.st_mode
    named = (
        stat.S_ISFIFO(kind)
        or str(path).startswith(_TERMINALS)
        or (stat.S_ISCHR(kind) and found.st_rdev == Path(os.devnull).stat().st_rdev)
    )
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind) or (pipes and named)):
        raise UntakenError("it is no file, but a device, a socket or a pipe")


def files_below(folder: str) -> Iterator[str]:
    """Yield the paths of YAML and JSON files in a folder, by name, whatever they are or lead to.

    Links to folders are not followed. Raises OSError where a folder can't be listed.
    """
    found, folders = [], [Path(folder)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                elif Path(entry.name).suffix in _SUFFIXES and not _leads_nowhere(entry):
                    found.append(entry.path)
    yield from map(str, sorted(map(Path, found)))


def _leads_nowhere(entry: "os.DirEntry[str]") -> bool:
    """Whether it is a link to nothing, as editors leave for a lock, or to a folder."""
    if not entry.is_symlink():
        return False
    path = Path(entry.path)
    return path.is_dir() or not path.exists()
