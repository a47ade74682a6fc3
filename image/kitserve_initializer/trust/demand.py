"""What one rule demands of a ModelKit, and whether the signatures that were found are enough for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.trust import pattern
from kitserve_initializer.trust.policy import ANY, REQUIRED, PolicyError

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from kitserve_initializer.trust.policy import Rule
    from kitserve_initializer.trust.public_key import PublicKey
    from kitserve_initializer.trust.signature import Fault, Form, Signature


@dataclass(frozen=True)
class Seen:
    """A signature, and those keys of the policy that made it."""

    signature: Signature
    keys: frozenset[PublicKey]


@dataclass
class Evidence:
    """What was found of a manifest's signatures so far; `digest` is the manifest's."""

    digest: str
    seen: list[Seen] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Demand:
    """A rule with its patterns compiled and its keys read."""

    rule: Rule
    patterns: tuple[re.Pattern[str], ...]
    keys: tuple[PublicKey, ...]

    def is_for(self, name: str) -> bool:
        """Return whether the rule is for a repository, in the spelling of `pattern.normal`."""
        return any(each.fullmatch(name) for each in self.patterns)

    def takes(self, form: Form) -> bool:
        """Return whether signatures of this form count."""
        return bool(self.keys) and (form == "bundle" or self.rule.formats == ANY)

    def signers(self, evidence: Evidence) -> list[PublicKey]:
        """Return the keys that signed, in the rule's order; each counts once, however often it signed."""
        good = [
            each.keys
            for each in evidence.seen
            if each.signature.digest == evidence.digest and self.takes(each.signature.form)
        ]
        return [key for key in self.keys if any(key in keys for keys in good)]

    def is_met(self, evidence: Evidence) -> bool:
        """Return whether enough of them signed."""
        return not self.keys or len(self.signers(evidence)) >= self.rule.required


def demands(rules: Iterable[Rule], *, plain_http: bool) -> tuple[Demand, ...]:
    """Compile the rules.

    Raises:
        InvalidEnvironment: naming a key that is none, or what this initializer can't verify.
    """
    return tuple(_demand(rule, f"rules[{number}]", plain_http) for number, rule in enumerate(rules))


def _demand(rule: Rule, place: str, plain_http: bool) -> Demand:
    _refuse_what_is_missing(rule, place)
    patterns = tuple(pattern.compiled(each, plain_http=plain_http) for each in rule.references)
    return Demand(rule, patterns, _keys(rule, place))


def _refuse_what_is_missing(rule: Rule, place: str) -> None:
    """Refuse what can't be verified: a rule that is left out would let everything through."""
    for name, asked in (
        ("identities", rule.identities),
        ("transparencyLog: required", rule.transparency_log == REQUIRED),
    ):
        if asked:
            raise InvalidEnvironment(
                f"KITSERVE_VERIFICATION: {place} has {name}, which this initializer can't verify",
                "use keys, and transparencyLog: optional",
            )


def _keys(rule: Rule, place: str) -> tuple[PublicKey, ...]:
    if not rule.keys:
        return ()
    from kitserve_initializer.trust.public_key import load  # noqa: PLC0415 - nobody else pays for cryptography

    keys: dict[str, PublicKey] = {}
    for number, pem in enumerate(rule.keys):
        try:
            key = load(pem)
        except PolicyError as error:
            raise InvalidEnvironment(f"KITSERVE_VERIFICATION: {place}.keys[{number}] {error}") from error
        if key.fingerprint in keys:
            raise InvalidEnvironment(f"KITSERVE_VERIFICATION: {place}.keys has {key} twice")
        keys[key.fingerprint] = key
    return tuple(keys.values())
