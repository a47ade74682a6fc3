"""The state of the steps from finished trees to a filled destination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitserve_initializer.destination.request import Request
    from kitserve_initializer.fs.merge_dirs import ConflictPolicy


@dataclass(frozen=True)
class Workspace:
    """Two open directories of one file system, which the caller closes, and the request that they serve."""

    place: str
    """The destination's name in errors."""
    staging: int
    target: int
    request: Request

    @property
    def policy(self) -> ConflictPolicy:
        """The rule for a file whose path is taken."""
        return self.request.policy
