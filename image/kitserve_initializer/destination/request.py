"""The request of a run, and its form in JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kitserve_initializer.fs.merge_dirs import ConflictPolicy

_VERSION = 1
_POLICY = "rule"


@dataclass(frozen=True)
class Request:
    """The ModelKit's digest, and everything that decides which of its files are written to which path.

    `parents` are the digests of the ModelKits that it builds on, as far as they are known.
    """

    digest: str
    filters: tuple[str, ...]
    policy: ConflictPolicy
    layout: str
    allow: tuple[str, ...]
    ignore: tuple[str, ...]
    parents: tuple[str, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        """The request as data that JSON can hold."""
        return {
            "version": _VERSION,
            "digest": self.digest,
            "filters": list(self.filters),
            _POLICY: self.policy.name,
            "layout": self.layout,
            "allow": list(self.allow),
            "ignore": list(self.ignore),
            "parents": list(self.parents),
        }


def policy_of(document: dict[str, Any]) -> ConflictPolicy:
    """Return the conflict policy in a request's document."""
    return ConflictPolicy[document[_POLICY]]
