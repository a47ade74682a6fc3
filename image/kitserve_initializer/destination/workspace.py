"""What the steps from finished trees to a filled destination work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitserve_initializer.destination.request import Request
    from kitserve_initializer.fs.merge_dirs import ConflictPolicy


@dataclass(frozen=True)
class Workspace:
    """Two open directories of one file system, which belong to who opened them, and what they are to serve for."""

    place: str
    """What errors call the destination."""
    staging: int
    target: int
    request: Request

    @property
    def policy(self) -> ConflictPolicy:
        """What to do with a file whose path is taken."""
        return self.request.policy
