"""The judge of every ModelKit that is resolved, by the policy's rules for its reference, before any of it is read."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from kitserve_initializer.errors import DeniedDigest, UncoveredReference, VerificationFailure
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.oci.digest import digest_of
from kitserve_initializer.trust import pattern, search
from kitserve_initializer.trust.demand import Evidence, Seen
from kitserve_initializer.trust.formats.signature import Fault
from kitserve_initializer.trust.policy import ALLOW, ENFORCE, WARN
from kitserve_initializer.trust.refusal import refusal
from kitserve_initializer.trust.signers import demands, prover_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.registry.client import FetchedManifest, Repository
    from kitserve_initializer.trust.demand import Demand
    from kitserve_initializer.trust.formats.signature import Signature
    from kitserve_initializer.trust.policy import Policy


class Verifier:
    """Verifies by one policy."""

    def __init__(self, policy: Policy, *, plain_http: bool) -> None:
        self.policy = policy
        self._plain_http = plain_http
        self._prover = prover_of(policy)
        self._demands = tuple(demands(policy, self._prover, plain_http=plain_http))

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
        name = pattern.normal(reference, plain_http=self._plain_http)
        asked = [demand for demand in self._demands if demand.is_for(name)]
        if not asked:
            self._tell_uncovered(reference)
        _refuse_denied(reference, found, asked)
        if wanted := [demand for demand in asked if demand.signers]:
            _judge(reference, wanted, self._gather(repository, found.digest, wanted))

    def _gather(self, repository: Repository, digest: str, wanted: Sequence[Demand]) -> Evidence:
        """Fetch signatures until all that is wanted is there, or there are no more."""
        evidence = Evidence(digest)
        signers = {signer for demand in wanted for signer in demand.signers}
        for found in _candidates(repository, digest, wanted):
            if isinstance(found, Fault):
                evidence.faults.append(found)
                continue
            signed = {signer: signer.who(found) for signer in signers if signer.has_signed(found)}
            doubt = self._prover.prove(found)[1] if self._prover and not signed else ""
            evidence.seen.append(Seen(found, signed, doubt))
            if all(demand.is_met(evidence) for demand in wanted):
                break
        return evidence

    def _tell_uncovered(self, reference: Reference) -> None:
        cause = f"no rule of the policy is for {reference}"
        if self.policy.unmatched == WARN:
            say(events.UNVERIFIED, cause=cause)
        elif self.policy.unmatched != ALLOW:
            raise UncoveredReference(f"{cause}, and what no rule is for is denied")


def _refuse_denied(reference: Reference, found: FetchedManifest, asked: Sequence[Demand]) -> None:
    """Refuse a denied manifest, by whatever algorithm the registry or the reference names its digest."""
    for denied in {digest for demand in asked for digest in demand.rule.denied}:
        if digest_of(found.body, denied.partition(":")[0]) == denied:
            raise DeniedDigest(f"{reference} is {denied}, which the policy denies")


def _candidates(repository: Repository, digest: str, wanted: Sequence[Demand]) -> Iterator[Signature | Fault]:
    by_tag = any(demand.takes("tag") for demand in wanted)
    return chain(search.bundles(repository, digest), search.tagged(repository, digest) if by_tag else ())


def _judge(reference: Reference, wanted: Sequence[Demand], evidence: Evidence) -> None:
    unmet: list[VerificationFailure] = []
    for demand in wanted:
        if demand.is_met(evidence):
            _tell_signed(reference, demand, evidence)
        elif demand.rule.mode == ENFORCE:
            unmet.append(refusal(reference, demand, evidence))
        else:
            say(events.UNVERIFIED, cause=refusal(reference, demand, evidence).cause)
    if unmet:
        raise unmet[0]


def _tell_signed(reference: Reference, demand: Demand, evidence: Evidence) -> None:
    signers = demand.satisfied_by(evidence)
    stated = {
        each.signature.repository for each in evidence.seen if not each.signers.keys().isdisjoint(signers)
    }
    say(
        events.SIGNED,
        reference=reference,
        digest=evidence.digest,
        signers=tuple(map(str, signers)),
        made_for=tuple(sorted(each for each in stated if each and not _is_of(each, reference))),
    )


def _is_of(stated: str, reference: Reference) -> bool:
    """Return whether what a signature calls a repository is this one; cosign writes a tag or a digest behind it."""
    name = f"{reference.registry}/{reference.repository}"
    return stated == name or stated.startswith((f"{name}:", f"{name}@"))
