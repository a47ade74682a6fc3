"""Why a ModelKit's signatures aren't enough: whose were wanted, and whose were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.errors import (
    InvalidSignatures,
    SignaturesUnreachable,
    SignedByOthers,
    Unsigned,
    VerificationFailure,
)
from kitserve_initializer.trust.formats.signature import shortened
from kitserve_initializer.trust.rules.policy import BUNDLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.trust.demand import Demand, Evidence, Seen, Signer

_TOLD = 5
"""Signatures, keys and faults of each kind that a sentence names."""


def refusal(reference: Reference, demand: Demand, evidence: Evidence) -> VerificationFailure:
    """Return the failure of a demand that isn't met."""
    what = f"{reference}" if reference.digest == evidence.digest else f"{reference} is {evidence.digest}"
    unreachable = _distinct(fault.cause for fault in evidence.faults if fault.unreachable)
    invalid = _distinct(fault.cause for fault in evidence.faults if not fault.unreachable)
    found = _distinct(_found(demand, evidence))
    others = f", and {_listed(found, ' and ')}" if found else ""
    if unreachable:
        return SignaturesUnreachable(f"{what}, which needs {_wanted(demand)}{others}: {_listed(unreachable)}")
    if invalid:
        return InvalidSignatures(f"{what}, which needs {_wanted(demand)}{others}: {_listed(invalid)}")
    if found:
        return SignedByOthers(f"{what}, which needs {_wanted(demand)}{others}")
    return Unsigned(f"{what}, which nobody has signed, and it needs {_wanted(demand)}")


def _wanted(demand: Demand) -> str:
    named = [str(signer) for signer in demand.signers]
    form = " in a bundle" if demand.rule.formats == BUNDLE else ""
    form += " with an entry in a transparency log" if demand.rule.is_logged else ""
    if demand.rule.required == 1:
        return f"a signature{form} by {_listed(named, ' or ')}"
    if demand.rule.required == len(named):
        return f"signatures{form} by {_listed(named, ' and ')}"
    return f"signatures{form} by {demand.rule.required} of {_listed(named)}"


def _found(demand: Demand, evidence: Evidence) -> Iterator[str]:
    for each in evidence.seen:
        signature = each.signature
        by = _by(each)
        if signature.digest != evidence.digest:
            yield f"the signature {by} is for {signature.digest[:80] or 'no digest'}"
        elif each.signers and not demand.takes(signature.form):
            yield f"the signature {by} is no bundle but one by a tag"
        elif doubted := _doubted(demand, each):
            by = by if signature.certificate else f"by {doubted}"
            yield f"the trusted root doesn't vouch for the signature {by}: {each.doubts[doubted]}"
        elif not each.signers and f"key {shortened(signature.signer)}" in map(str, demand.signers):
            yield f"a signature says that it is by key {shortened(signature.signer)}, and isn't"
        else:
            yield f"it is signed {by}"


def _doubted(demand: Demand, seen: Seen) -> Signer | None:
    """Return the one of whom a signature would be if the trusted root vouched for it."""
    if not seen.signers.keys().isdisjoint(demand.signers):
        return None
    return next((signer for signer in demand.signers if signer in seen.doubts), None)


def _by(seen: Seen) -> str:
    if seen.signers:
        return "by " + _listed(sorted(map(str, seen.signers)))
    signature = seen.signature
    if signature.signer:
        return f"by key {shortened(signature.signer)}, as it says itself"
    return _certified(signature.certificate) if signature.certificate else "by an unknown key"


def _certified(der: bytes) -> str:
    from kitserve_initializer.trust.certificate import stated  # noqa: PLC0415 - a policy that was met needs none of it

    named = stated(der)
    return f"by {named}, as its certificate says" if named else "with a certificate that names nobody"


def _distinct(texts: Iterable[str]) -> list[str]:
    return [*dict.fromkeys(texts)]


def _listed(texts: Sequence[str], joint: str = ", ") -> str:
    more = f" ({len(texts) - _TOLD} more)" if len(texts) > _TOLD else ""
    return joint.join(texts[:_TOLD]) + more
