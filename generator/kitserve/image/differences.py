"""What a container runtime would show otherwise than the initializer, as data."""

from collections.abc import Iterable
from dataclasses import dataclass, field

LISTED = 20
"""Differences that are told; the others are counted."""
_LONGEST = 300
"""Characters of a path that are told."""


@dataclass(frozen=True)
class Difference:
    """A path in the layers or in the destination, why the image can't have it, and what to do about it."""

    path: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path!r} {self.reason}"


@dataclass(frozen=True)
class Refusal:
    """Why there is no image: the first differences, and the number of all."""

    differences: tuple[Difference, ...]
    count: int


@dataclass
class Differences:
    """The first LISTED differences, and how many there are."""

    first: list[Difference] = field(default_factory=list)
    count: int = 0

    @property
    def refusal(self) -> Refusal | None:
        """Why there is no image; None if nothing is in its way."""
        return Refusal(tuple(self.first), self.count) if self.count else None

    def add(self, path: str, reason: str, remedy: str) -> None:
        """Take one more."""
        self.count += 1
        if len(self.first) < LISTED:
            self.first.append(Difference(shortened(path), reason, remedy))

    def extend(self, others: Iterable["Differences"]) -> None:
        """Take those that were found elsewhere."""
        for each in others:
            self.count += each.count
            self.first = [*self.first, *each.first][:LISTED]


def shortened(path: str) -> str:
    """Return a path, or the beginning of a very long one."""
    return path if len(path) <= _LONGEST else f"{path[:_LONGEST]}…"
