"""What becomes of one object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from kitserve.crds.lookup import text

if TYPE_CHECKING:
    from kitserve.problems import Problem

    Data = dict[str, Any]

State = Literal["same", "changed", "new", "removed", "left", "refused"]
"""`removed`: the values no longer render it, and the tool that made it removes it. `left`: nobody removes it."""


@dataclass(frozen=True)
class Change:
    """One object before and after, both as the API server stores it, and None where there is none.

    `item` says which object it is. `problem` says why the cluster refuses it; `note` is one sentence or empty.
    """

    state: State
    item: Data
    namespace: str
    before: Data | None = None
    after: Data | None = None
    problem: Problem | None = None
    note: str = ""

    @property
    def kind(self) -> str:
        """The object's kind."""
        return text(self.item, ("kind",))

    @property
    def name(self) -> str:
        """The object's name."""
        return text(self.item, ("metadata", "name"))
