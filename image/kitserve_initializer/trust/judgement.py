"""How a manifest was judged, as data: what each rule of the policy that is for its reference says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.errors import DeniedDigest, UncoveredReference
from kitserve_initializer.trust.rules.policy import ALLOW, ENFORCE, WARN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve_initializer.errors import VerificationFailure
    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.trust.rules.policy import Rule


@dataclass(frozen=True)
class Ruling:
    """What a rule, the policy's `number` from 0 on, says of a manifest.

    `signed` are those of `wanted` who signed; `made_for` has the repositories that these signatures name instead of the
    manifest's. `failure` is why the rule isn't met.
    """

    number: int
    rule: Rule
    wanted: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    made_for: tuple[str, ...] = ()
    failure: VerificationFailure | None = None

    @property
    def refuses(self) -> bool:
        """Whether the manifest is refused, rather than warned of: a denied digest always is."""
        return isinstance(self.failure, DeniedDigest) or bool(self.failure and self.rule.mode == ENFORCE)


@dataclass(frozen=True)
class Judgement:
    """What the policy says of a manifest; where no rule is for it, that is `unmatched` alone.

    Where a digest is denied, only the rules that deny it are asked.
    """

    reference: Reference
    digest: str
    rulings: tuple[Ruling, ...]
    unmatched: str

    @property
    def is_signed(self) -> bool:
        """Whether somebody had to sign, and every rule is met."""
        return any(each.wanted for each in self.rulings) and not any(each.failure for each in self.rulings)

    @property
    def refusal(self) -> VerificationFailure | None:
        """Why it is refused; None if it isn't."""
        if not self.rulings and self.unmatched not in (ALLOW, WARN):
            return UncoveredReference(f"{self._uncovered}, and what no rule is for is denied")
        return next((each.failure for each in self.rulings if each.refuses), None)

    @property
    def warnings(self) -> Iterator[str]:
        """What isn't met, and the policy only warns of."""
        if not self.rulings and self.unmatched == WARN:
            yield self._uncovered
        yield from (each.failure.cause for each in self.rulings if each.failure and not each.refuses)

    @property
    def _uncovered(self) -> str:
        return f"no rule of the policy is for {self.reference}"
