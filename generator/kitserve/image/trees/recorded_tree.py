"""A tree that the initializer unpacks a layer into, and that writes nothing: it keeps each path with its mode."""

from collections.abc import Iterable

from kitserve_initializer.errors import PathExists
from kitserve_initializer.fs.paths import Parts, join, require_free
from kitserve_initializer.fs.replay.journal import Journal

from kitserve.image.trees.paths import DIRECTORY, FILE, IMPLIED_MODE, Paths, Room, is_directory, parents


class RecordedTree:
    """A `Fillable` of the initializer: what a `Tree` of it would have, before the umask."""

    journal: Journal | None = None

    def __init__(self, room: Room) -> None:
        self.paths: Paths = {}
        self._room = room

    def add_directory(self, parts: Parts, mode: int) -> bool:
        """Add a directory with its parents; False if something is there already."""
        return self._add(parts, DIRECTORY | mode)

    def add_file(
        self,
        parts: Parts,
        mode: int,
        content: Iterable[memoryview | bytes],  # noqa: ARG002 - the archive steps over it
        size: int = 0,  # noqa: ARG002
    ) -> bool:
        """Add a file with its parents; False if something is there already."""
        return self._add(parts, FILE | mode)

    def remove_file(self, parts: Parts) -> bool:
        """Remove a file; False if it is none."""
        return not self.has_directory(parts) and self.paths.pop(join(parts), None) is not None

    def has_directory(self, parts: Parts) -> bool:
        """Return whether a directory is there."""
        return is_directory(self.paths.get(join(parts), 0))

    def _add(self, parts: Parts, mode: int) -> bool:
        require_free(parts)
        path = join(parts)
        for parent in parents(path):
            there = self.paths.get(parent)
            if there is None:
                self._put(parent, DIRECTORY | IMPLIED_MODE)
            elif not is_directory(there):
                raise PathExists(f"a layer holds a file where {parent!r} is a directory")
        if path in self.paths:
            return False
        self._put(path, mode)
        return True

    def _put(self, path: str, mode: int) -> None:
        self._room.take(path)
        self.paths[path] = mode
