"""The rules of a policy with their signers loaded, each kind only where a rule has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.trust.demand import Demand
from kitserve_initializer.trust.rules import pattern
from kitserve_initializer.trust.rules.policy import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve_initializer.trust.demand import Signer
    from kitserve_initializer.trust.keyless import Prover
    from kitserve_initializer.trust.public_key import PublicKey
    from kitserve_initializer.trust.rules.policy import Policy, Rule
    from kitserve_initializer.trust.transparency_log import TransparencyLogs

_VARIABLE = "KITSERVE_VERIFICATION"


def demands(policy: Policy, *, plain_http: bool) -> Iterator[Demand]:
    """Yield what the rules demand.

    Raises:
        InvalidEnvironment: naming a key that is none, or what this image can't verify.
        NoTrustedRoot: if the policy's root is needed, and can't be used.
    """
    prover, logs = _vouching(policy)
    for number, rule in enumerate(policy.rules):
        patterns = tuple(pattern.compiled(each, plain_http=plain_http) for each in rule.references)
        keys = _keys(rule, f"{_VARIABLE}: rules[{number}]") if rule.keys else ()
        identified = map(prover.identified, rule.identities) if prover else ()
        yield Demand(number, rule, patterns, (*_logged(rule, keys, logs), *identified))


def _vouching(policy: Policy) -> tuple[Prover | None, TransparencyLogs | None]:
    """Return what proves who signed without a key, and the logs of what keys signed, as far as rules need them."""
    identities = any(rule.identities for rule in policy.rules)
    logged = any(rule.is_logged for rule in policy.rules)
    if not identities and not logged:
        return None, None
    try:
        # 56 MiB that others don't need.
        from kitserve_initializer.trust.keyless import Prover  # noqa: PLC0415
        from kitserve_initializer.trust.transparency_log import TransparencyLogs  # noqa: PLC0415
        from kitserve_initializer.trust.trusted_root import load  # noqa: PLC0415
    except ImportError as error:
        has = "identities, and" if identities else "transparencyLog: required beside keys, and"
        them = "them" if identities else "that"
        raise InvalidEnvironment(
            f"{_VARIABLE} has {has} this image can't verify {them}: it lacks {error.name}",
            "use the image that was built with --target keyless, or keys with transparencyLog: optional",
        ) from error
    root = load(policy.trusted_root)
    return Prover(root) if identities else None, TransparencyLogs(root) if logged else None


def _logged(rule: Rule, keys: tuple[PublicKey, ...], logs: TransparencyLogs | None) -> tuple[Signer, ...]:
    if not logs or not rule.is_logged:
        return keys
    from kitserve_initializer.trust.transparency_log import LoggedKey  # noqa: PLC0415 - as above

    return tuple(LoggedKey(key, logs) for key in keys)


def _keys(rule: Rule, place: str) -> tuple[PublicKey, ...]:
    from kitserve_initializer.trust.public_key import load  # noqa: PLC0415 - nobody else pays for cryptography

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
