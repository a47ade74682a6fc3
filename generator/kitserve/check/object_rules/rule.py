"""A rule on objects of one kind, and the versions of KServe that have it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kitserve.crds.lookup import Data
from kitserve.crds.structures import number
from kitserve.problems import Problem


@dataclass(frozen=True)
class ObjectRule:
    """One rule for objects of a kind, from KServe `since` on and before `until`."""

    check: Callable[[Data], Iterator[Problem]]
    since: str = "0.15"
    until: str = "99"

    def is_of(self, version: str) -> bool:
        """Return whether the rule applies to this KServe, such as `0.20`."""
        return number(self.since) <= number(version) < number(self.until)


def has(version: str, since: str) -> bool:
    """Return whether a version of KServe is that of a feature, or newer."""
    return number(version) >= number(since)
