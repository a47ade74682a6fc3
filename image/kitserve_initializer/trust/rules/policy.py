"""The administrator's policy: who must have signed which ModelKits, and what happens if they haven't."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from kitserve_initializer.oci.digest import digest_of

ALLOW, WARN, DENY, ENFORCE = "allow", "warn", "deny", "enforce"
ANY, BUNDLE = "any", "bundle"
OPTIONAL, REQUIRED = "optional", "required"


class PolicyError(Exception):
    """Something in a policy can't be used; the text says why, and whoever catches it knows where."""


@dataclass(frozen=True)
class Identity:
    """Who a certificate was issued to, and by whom; a pattern is a regular expression for the whole of it."""

    issuer: str = ""
    issuer_pattern: str = ""
    subject: str = ""
    subject_pattern: str = ""

    def __str__(self) -> str:
        return f"{self.subject or self.subject_pattern} ({self.issuer or self.issuer_pattern})"


@dataclass(frozen=True)
class Rule:
    """What the ModelKits need that a pattern in `references` matches (trust/rules/pattern.py).

    `keys` are public keys in PEM form. `required` is how many of keys and identities must have signed. With `formats`
    "bundle" the signatures by tag don't count. `denied` are digests that are refused whoever signed them.
    """

    references: tuple[str, ...]
    mode: str = ENFORCE
    keys: tuple[str, ...] = ()
    identities: tuple[Identity, ...] = ()
    required: int = 1
    formats: str = ANY
    transparency_log: str = OPTIONAL
    denied: tuple[str, ...] = ()

    @property
    def is_logged(self) -> bool:
        """Whether signatures by the rule's keys must be in a transparency log; those by identities always must."""
        return bool(self.keys) and self.transparency_log == REQUIRED


@dataclass(frozen=True)
class Policy:
    """Every rule that matches a reference applies; `unmatched` is for a reference that none matches.

    `trusted_root` is a sigstore TrustedRoot as JSON; empty: the one that ships with the initializer.
    """

    unmatched: str = ALLOW
    trusted_root: str = ""
    rules: tuple[Rule, ...] = ()

    @property
    def digest(self) -> str:
        """What markers tell one policy from another by."""
        return digest_of(json.dumps(asdict(self), sort_keys=True).encode())

    @property
    def refuses(self) -> bool:
        """Whether it may refuse a ModelKit, rather than log something of it."""
        return self.unmatched == DENY or any(rule.mode == ENFORCE or rule.denied for rule in self.rules)

    def tightened(self) -> Policy:
        """Return the policy of a service that asks for more: every rule is enforced, and one has to match."""
        return replace(self, unmatched=DENY, rules=tuple(replace(rule, mode=ENFORCE) for rule in self.rules))
