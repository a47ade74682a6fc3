"""The state of the steps from finished trees to a filled destination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.fs.merge_dirs import ConflictPolicy

if TYPE_CHECKING:
    from kitserve_initializer.destination.place import Place
    from kitserve_initializer.destination.request import Request


@dataclass(frozen=True)
class Workspace:
    """Two open directories of one file system, which belong to who opened them, and what they are to serve for.

    With `replaces` the destination's marker says that its files are this ModelKit's, and isn't trusted: they give way.
    """

    place: Place
    staging: int
    target: int
    request: Request
    replaces: bool = False

    @property
    def name(self) -> str:
        """What errors call the destination."""
        return str(self.place.path)

    @property
    def policy(self) -> ConflictPolicy:
        """What to do with a file whose path is taken in the destination."""
        return ConflictPolicy.OVERWRITE if self.replaces else self.request.policy
