"""The rules of a policy with their signers loaded, each kind only where a rule has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.trust import pattern
from kitserve_initializer.trust.demand import Demand
from kitserve_initializer.trust.policy import REQUIRED, PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve_initializer.trust.keyless import Identified, Prover
    from kitserve_initializer.trust.policy import Policy, Rule
    from kitserve_initializer.trust.public_key import PublicKey

_VARIABLE = "KITSERVE_VERIFICATION"


def demands(policy: Policy, prover: Prover | None, *, plain_http: bool) -> Iterator[Demand]:
    """Yield what the rules demand.

    Raises:
        InvalidEnvironment: naming a key that is none, or what this initializer can't verify.
    """
    for number, rule in enumerate(policy.rules):
        patterns = tuple(pattern.compiled(each, plain_http=plain_http) for each in rule.references)
        keys = _keys(rule, f"{_VARIABLE}: rules[{number}]") if rule.keys else ()
        yield Demand(number, rule, patterns, (*keys, *_identified(rule, prover)))


def prover_of(policy: Policy) -> Prover | None:
    """Return what proves who signed without a key; None if no rule names an identity.

    Raises:
        InvalidEnvironment: if this image lacks sigstore-python.
        NoTrustedRoot: if the policy's root can't be used.
    """
    if not any(rule.identities for rule in policy.rules):
        return None
    try:
        from kitserve_initializer.trust.keyless import Prover  # noqa: PLC0415 - 56 MiB that others don't need
    except ModuleNotFoundError as error:
        raise InvalidEnvironment(
            f"{_VARIABLE} has identities, and this image can't verify them: it lacks {error.name}",
            "use the image that was built with --target keyless, or keys",
        ) from error
    return Prover(policy.trusted_root)


def _identified(rule: Rule, prover: Prover | None) -> Iterator[Identified]:
    if prover:
        yield from map(prover.identified, rule.identities)


def _keys(rule: Rule, place: str) -> tuple[PublicKey, ...]:
    from kitserve_initializer.trust.public_key import load  # noqa: PLC0415 - nobody else pays for cryptography

    if rule.transparency_log == REQUIRED:
        raise InvalidEnvironment(
            f"{place} has keys and transparencyLog: required, which this initializer can't verify",
            "use identities, or transparencyLog: optional",
        )
    keys: dict[str, PublicKey] = {}
    for number, pem in enumerate(rule.keys):
        try:
            key = load(pem)
        except PolicyError as error:
            raise InvalidEnvironment(f"{place}.keys[{number}] {error}") from error
        if key.fingerprint in keys:
            raise InvalidEnvironment(f"{place}.keys has {key} twice")
        keys[key.fingerprint] = key
    return tuple(keys.values())
