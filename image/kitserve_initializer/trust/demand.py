"""What one rule demands of a ModelKit, and whether the signatures that were found are enough for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from kitserve_initializer.trust.rules.policy import ANY

if TYPE_CHECKING:
    import re
    from collections.abc import Hashable

    from kitserve_initializer.trust.formats.signature import Fault, Form, Signature
    from kitserve_initializer.trust.rules.policy import Rule


class Signer(Protocol):
    """A key or an identity that a rule names; equal ones are one."""

    def has_signed(self, signature: Signature) -> bool:
        """Return whether the signature is right, and by this signer."""

    def doubt(self, signature: Signature) -> str:
        """Return why the trusted root doesn't vouch for a signature that may be by this signer; empty if it needn't."""

    def who(self, signature: Signature) -> Hashable:
        """Return who made a signature that is by this signer: several identities may mean one and the same."""


@dataclass(frozen=True)
class Seen:
    """A signature, those of the policy's signers that it is by, and who that is; `doubts` say why it is by no other."""

    signature: Signature
    signers: dict[Signer, Hashable]
    doubts: dict[Signer, str]


@dataclass
class Evidence:
    """What was found of a manifest's signatures so far; `digest` is the manifest's."""

    digest: str
    seen: list[Seen] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Demand:
    """A rule, the policy's `number` from 0 on, with its patterns compiled and its signers loaded."""

    number: int
    rule: Rule
    patterns: tuple[re.Pattern[str], ...]
    signers: tuple[Signer, ...]

    def is_for(self, name: str) -> bool:
        """Return whether the rule is for a repository, in the spelling of `pattern.normal`."""
        return any(each.fullmatch(name) for each in self.patterns)

    def takes(self, form: Form) -> bool:
        """Return whether signatures of this form count."""
        return bool(self.signers) and (form == "bundle" or self.rule.formats == ANY)

    def satisfied_by(self, evidence: Evidence) -> list[Signer]:
        """Return the signers that signed, in the rule's order."""
        return [signer for signer in self.signers if self._makers(signer, evidence)]

    def is_met(self, evidence: Evidence) -> bool:
        """Return whether enough of them signed: each counts once, and so does everybody who signed."""
        if not self.signers:
            return True
        makers = {signer: self._makers(signer, evidence) for signer in self.signers}
        counted: dict[Hashable, Signer] = {}
        return sum(_assign(signer, makers, counted, set()) for signer in self.signers) >= self.rule.required

    def _makers(self, signer: Signer, evidence: Evidence) -> set[Hashable]:
        return {
            each.signers[signer]
            for each in evidence.seen
            if signer in each.signers
            and each.signature.digest == evidence.digest
            and self.takes(each.signature.form)
        }


def _assign(
    signer: Signer, makers: dict[Signer, set[Hashable]], counted: dict[Hashable, Signer], tried: set[Hashable]
) -> bool:
    """Find somebody who counts for a signer, and somebody else for the one that they counted for (Kuhn's algorithm)."""
    for maker in makers[signer] - tried:
        tried.add(maker)
        if maker not in counted or _assign(counted[maker], makers, counted, tried):
            counted[maker] = signer
            return True
    return False
