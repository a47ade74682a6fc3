"""What the policy of a release says of the signatures of its ModelKits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.doctor.check import Check, Subject
from kitserve.doctor.remote.registries import GROUP, NATIVE
from kitserve.doctor.workload import KIT
from kitserve.errors import KitserveError
from kitserve.registry.verification import Request, verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.doctor.intent import Intent
    from kitserve.doctor.remote.asked import Asked
    from kitserve.doctor.workload import Workload


def signatures(intent: Intent, asked: Asked, flags: tuple[str, ...]) -> Iterator[Check]:
    """Yield what the policy of the release says of each ModelKit and each image that is there."""
    policy = intent.variable("KITSERVE_VERIFICATION")
    for each in intent.workloads:
        for uri in each.kits:
            seen = asked.kits.get((each.namespace, uri))
            if (policy or each.is_enforced) and seen and not seen.fault:
                yield _signed(intent, each, uri, flags)
        for image in each.images:
            seen = asked.images.get(image)
            if policy and seen and not seen.fault and seen.made_of:
                yield _signed(intent, each, f"{NATIVE}{image}", flags)


def _signed(intent: Intent, service: Workload, uri: str, flags: tuple[str, ...]) -> Check:
    subject = Subject(GROUP, f"signatures of {uri}")
    policy, given = intent.variable("KITSERVE_VERIFICATION"), intent.given_variables(service.namespace)
    way = (*intent.flags, *service.flags, *flags)
    try:
        verdict = verify(Request(uri, policy, way, service.is_enforced and uri.startswith(KIT), given))
    except KitserveError as error:
        return subject.unknown(str(error), error.hint)
    fault = verdict.fault
    if fault and verdict.result == "unknown":
        return subject.unknown(fault.cause, fault.hint)
    if fault:
        return subject.error(fault.cause, fault.hint)
    warnings = [rule.fault for each in verdict.manifests for rule in each.rules if rule.fault]
    if warnings:
        return subject.warning(f"the policy warns: {warnings[0].cause}", warnings[0].hint)
    said = "signed as every rule demands" if verdict.result == "verified" else "the policy demands none"
    return subject.ok(said)
