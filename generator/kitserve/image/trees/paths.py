"""Trees in memory: each path with its type and permissions, as `st_mode` has them; within a named bound."""

import threading
from collections.abc import Iterator
from stat import S_IFDIR, S_IFREG

from kitserve.errors import Refused

Paths = dict[str, int]
"""Paths by their st_mode, perhaps with the marks below. Names that aren't UTF-8 are escaped as Python does it."""

IMPLIED = 1 << 20
"""Marks a directory that a layer has no entry for, but something in it."""
IMPLIED_MODE = 0o755
"""The mode that it gets, from the initializer too."""
SKIPPED = 1 << 21
"""Marks a file that the initializer leaves out."""

DIRECTORY, FILE = S_IFDIR, S_IFREG
PERMISSIONS, ALL_BITS = 0o777, 0o7777
UMASK = 0o022
"""What the initializer's container takes from the modes that it sets."""

_ENTRIES = 200_000
_CHARACTERS = 32 * 1024 * 1024


class Room:
    """The entries and the characters of paths that the trees of all layers have left together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries, self._characters = _ENTRIES, _CHARACTERS

    def take(self, path: str) -> None:
        """Count an entry.

        Raises:
            Refused: if there is no room for it.
        """
        with self._lock:
            self._entries -= 1
            self._characters -= len(path)
        if self._entries < 0 or self._characters < 0:
            raise Refused(
                f"the layers hold more than {_ENTRIES:,} files and folders, or more than {_CHARACTERS:,} characters of "
                "their paths, and an image's tree is compared in memory",
                "leave layers out (--filter), or let the initializer unpack the ModelKit",
            )


def is_directory(mode: int) -> bool:
    """Tell whether a mode is a directory's."""
    return mode & DIRECTORY == DIRECTORY


def parents(path: str) -> Iterator[str]:
    """Yield the directories that a path lies in, the outermost first."""
    at = path.find("/")
    while at > 0:
        yield path[:at]
        at = path.find("/", at + 1)


def below(folder: str, path: str) -> str:
    """Return a path in a folder; the folder may be empty, the top."""
    return f"{folder}/{path}" if folder else path
