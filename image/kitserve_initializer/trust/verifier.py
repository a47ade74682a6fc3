"""The judge of every ModelKit that is resolved, by the policy's rules for its reference, before any of it is read."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from kitserve_initializer.errors import DeniedDigest
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.oci.digest import digest_of
from kitserve_initializer.trust import search
from kitserve_initializer.trust.demand import Evidence, Seen
from kitserve_initializer.trust.formats.signature import Fault
from kitserve_initializer.trust.judgement import Judgement, Ruling
from kitserve_initializer.trust.refusal import refusal
from kitserve_initializer.trust.rules import pattern
from kitserve_initializer.trust.signers import demands

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.registry.client import FetchedManifest, Repository
    from kitserve_initializer.trust.demand import Demand, Signer
    from kitserve_initializer.trust.formats.signature import Signature
    from kitserve_initializer.trust.rules.policy import Policy


class Verifier:
    """Verifies by one policy; `tell` gets each judgement."""

    def __init__(
        self, policy: Policy, *, plain_http: bool, tell: Callable[[Judgement], None] | None = None
    ) -> None:
        self.policy = policy
        self._plain_http = plain_http
        self._tell = tell or log
        self._demands = tuple(demands(policy, plain_http=plain_http))

    def mark(self, reference: Reference) -> str:
        """Return what a destination's marker tells this judgement from others by.

        Another policy may judge otherwise, and so may the rules for another repository that has the same digest.
        """
        name = pattern.normal(reference, plain_http=self._plain_http)
        return digest_of(f"{self.policy.digest}{name}".encode())

    def verify(self, reference: Reference, repository: Repository, found: FetchedManifest) -> None:
        """Judge a manifest that a reference leads to, or an entry of an index.

        Raises:
            VerificationFailure: if the policy refuses it.
        """
        judged = self._judge(reference, repository, found)
        self._tell(judged)
        if judged.refusal:
            raise judged.refusal

    def _judge(self, reference: Reference, repository: Repository, found: FetchedManifest) -> Judgement:
        name = pattern.normal(reference, plain_http=self._plain_http)
        asked = [demand for demand in self._demands if demand.is_for(name)]
        rulings = tuple(_denials(reference, found, asked))
        if not rulings:
            wanted = [demand for demand in asked if demand.signers]
            evidence = self._gather(repository, found.digest, wanted) if wanted else Evidence(found.digest)
            rulings = tuple(_ruling(reference, demand, evidence) for demand in asked)
        return Judgement(reference, found.digest, rulings, self.policy.unmatched)

    def _gather(self, repository: Repository, digest: str, wanted: Sequence[Demand]) -> Evidence:
        """Fetch signatures until all that is wanted is there, or there are no more."""
        evidence = Evidence(digest)
        signers = {signer for demand in wanted for signer in demand.signers}
        for found in _candidates(repository, digest, wanted):
            if isinstance(found, Fault):
                evidence.faults.append(found)
                continue
            evidence.seen.append(_seen(found, signers))
            if all(demand.is_met(evidence) for demand in wanted):
                break
        return evidence


def log(judged: Judgement) -> None:
    """Write into the log who signed, and what the policy warns of."""
    for ruling in judged.rulings:
        if ruling.wanted and not ruling.failure:
            say(
                events.SIGNED,
                reference=judged.reference,
                digest=judged.digest,
                signers=ruling.signed,
                made_for=ruling.made_for,
            )
    for cause in judged.warnings:
        say(events.UNVERIFIED, cause=cause)


def _denials(reference: Reference, found: FetchedManifest, asked: Sequence[Demand]) -> Iterator[Ruling]:
    """Yield what denies a manifest, by whatever algorithm the registry or the reference names its digest."""
    for demand in asked:
        for denied in demand.rule.denied:
            if digest_of(found.body, denied.partition(":")[0]) == denied:
                failure = DeniedDigest(f"{reference} is {denied}, which the policy denies")
                yield Ruling(demand.number, demand.rule, failure=failure)


def _candidates(repository: Repository, digest: str, wanted: Sequence[Demand]) -> Iterator[Signature | Fault]:
    by_tag = any(demand.takes("tag") for demand in wanted)
    return chain(search.bundles(repository, digest), search.tagged(repository, digest) if by_tag else ())


def _seen(found: Signature, signers: Collection[Signer]) -> Seen:
    signed = {signer: signer.who(found) for signer in signers if signer.has_signed(found)}
    doubts = {signer: signer.doubt(found) for signer in signers if signer not in signed}
    return Seen(found, signed, {signer: doubt for signer, doubt in doubts.items() if doubt})


def _ruling(reference: Reference, demand: Demand, evidence: Evidence) -> Ruling:
    signers = demand.satisfied_by(evidence)
    return Ruling(
        demand.number,
        demand.rule,
        tuple(map(str, demand.signers)),
        tuple(map(str, signers)),
        _made_for(reference, signers, evidence),
        None if demand.is_met(evidence) else refusal(reference, demand, evidence),
    )


def _made_for(reference: Reference, signers: Sequence[Signer], evidence: Evidence) -> tuple[str, ...]:
    """Return the repositories that signatures by these signers name instead of the reference's."""
    stated = {
        each.signature.repository for each in evidence.seen if not each.signers.keys().isdisjoint(signers)
    }
    return tuple(sorted(each for each in stated if each and not _is_of(each, reference)))


def _is_of(stated: str, reference: Reference) -> bool:
    """Return whether what a signature calls a repository is this one; cosign writes a tag or a digest behind it."""
    name = f"{reference.registry}/{reference.repository}"
    return stated == name or stated.startswith((f"{name}:", f"{name}@"))
