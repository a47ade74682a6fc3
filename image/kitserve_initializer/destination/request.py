"""The request of a run, and its form in JSON."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

from kitserve_initializer.config.options import KIT, MODEL
from kitserve_initializer.fs.merge_dirs import ConflictPolicy
from kitserve_initializer.oci.reference import is_digest

_VERSION = 1
_POLICY = "rule"
_BY_TAG = "parentsByTag"
_VERIFICATION = "verification"
UNCOMPARED = "bytes not compared"
"""Stands for `verification` where nobody compared the files with the ModelKit's digest, as the engine kit doesn't."""
_TEXTS = ("filters", "allow", "ignore")
_PARENTS = 10
"""A ModelKit has no more of them (modelkit/parents.py)."""


@dataclass(frozen=True)
class Request:
    """The ModelKit's digest, and everything that decides which of its files are written to which path.

    `parents` are the digests of those it builds on, as far as they are known, `parents_by_tag` those of them that are
    named by a tag. `verification` tells by what policy and for which repository all of them were verified; empty: none
    asks for that. `demanded` isn't written down: if it isn't None, only these digests may be a parent's by tag.
    """

    digest: str
    filters: tuple[str, ...]
    policy: ConflictPolicy
    layout: str
    allow: tuple[str, ...]
    ignore: tuple[str, ...]
    parents: tuple[str, ...] = ()
    parents_by_tag: tuple[str, ...] = ()
    verification: str = ""
    demanded: frozenset[str] | None = field(default=None, compare=False)

    @property
    def document(self) -> dict[str, Any]:
        """The request as JSON holds it."""
        document = {
            "version": _VERSION,
            "digest": self.digest,
            "filters": list(self.filters),
            _POLICY: self.policy.name,
            "layout": self.layout,
            "allow": list(self.allow),
            "ignore": list(self.ignore),
            "parents": list(self.parents),
        }
        document |= {_BY_TAG: list(self.parents_by_tag)} if self.parents_by_tag else {}
        return document | ({_VERIFICATION: self.verification} if self.verification else {})

    def is_met_by(self, document: object) -> bool:
        """Tell whether a request's document asks for the same, whatever its parents were, if they may be any.

        What was verified by a policy, or not at all, is as good without one.
        """
        if not isinstance(document, dict) or not _has_form(document):
            return False
        left_out: dict[str, Any] = {"parents": None, _BY_TAG: None}
        left_out |= {} if self.verification else {_VERIFICATION: None}
        by_tag = document.get(_BY_TAG, [])
        return document | left_out == self.document | left_out and self._may_have(by_tag)

    def is_met_but_for_verification(self, document: object) -> bool:
        """Tell whether a document asks for the same, with the same parents, and by another policy or none."""
        return (
            not (self.is_met_by(document) or self.is_met_but_for_bytes(document))
            and replace(self, verification="").is_met_by(document)
            and isinstance(document, dict)
            and document["parents"] == list(self.parents)
        )

    def is_met_but_for_bytes(self, document: object) -> bool:
        """Tell whether a document asks for the same, and nobody compared the bytes that a signature is about."""
        return self.verification not in ("", UNCOMPARED) and replace(self, verification=UNCOMPARED).is_met_by(
            document
        )

    def _may_have(self, by_tag: list[str]) -> bool:
        return self.demanded is None or self.demanded.issuperset(by_tag)


def policy_of(document: dict[str, Any]) -> ConflictPolicy:
    """Return the conflict policy in a request's document."""
    return ConflictPolicy[document[_POLICY]]


def is_document(found: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether what a file holds is a request's document, of this version and in this form."""
    return isinstance(found, dict) and _has_form(found) and is_digest(found["digest"])


def _has_form(found: dict[str, Any]) -> bool:
    keys = {"version", "digest", _POLICY, "layout", "parents", *_TEXTS}
    return (
        found.keys() - {_BY_TAG, _VERIFICATION} == keys
        and type(found["version"]) is int
        and found["version"] == _VERSION
        and isinstance(found["digest"], str)
        and found[_POLICY] in [*ConflictPolicy.__members__]
        and found["layout"] in (KIT, MODEL)
        and isinstance(found.get(_VERIFICATION, ""), str)
        and all(_are_texts(found[key]) for key in _TEXTS)
        and all(_are_few(found.get(key, [])) for key in ("parents", _BY_TAG))
    )


def _are_texts(found: object) -> bool:
    return isinstance(found, list) and all(isinstance(each, str) for each in found)


def _are_few(found: object) -> bool:
    return isinstance(found, list) and _are_texts(found) and len(found) <= _PARENTS
