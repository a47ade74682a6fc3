"""A rule, and the versions of KServe that it applies to."""

from collections.abc import Callable
from dataclasses import dataclass

from kitserve.crds.lookup import Data, Found


@dataclass(frozen=True)
class Rule:
    """One rule for objects of a kind, from KServe `since` on and before `until`."""

    broken: Callable[[Data], Found]
    since: str = "0.15"
    until: str = "99"

    def is_of(self, version: str) -> bool:
        """Return whether the rule applies to this KServe, such as `0.20`."""
        return _number(self.since) <= _number(version) < _number(self.until)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
