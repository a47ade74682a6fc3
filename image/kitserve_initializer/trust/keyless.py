"""Signatures by identities, proven by sigstore-python; only a policy with identities loads this module.

Everything is offline: certificates, entries of the log and timestamps are those of the bundle, and the authorities that
made them those of the trusted root.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sigstore.errors import Error
from sigstore.models import Bundle
from sigstore.verify import Verifier

from kitserve_initializer.errors import NoTrustedRoot
from kitserve_initializer.trust.certificate import named
from kitserve_initializer.trust.formats.bundle import signed_bytes
from kitserve_initializer.trust.formats.json_object import load, member
from kitserve_initializer.trust.formats.log_entry import in_bundle
from kitserve_initializer.trust.trusted_root import REASON

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cryptography.x509 import Certificate
    from sigstore.models import TrustedRoot

    from kitserve_initializer.trust.certificate import Named
    from kitserve_initializer.trust.formats.signature import Signature
    from kitserve_initializer.trust.rules.policy import Identity

_BY_TAG = "it is one by a tag, which has no proof that its entry is in the log; sign with cosign 3"
"""sigstore-python takes no promise for a proof, nor does it where a bundle's first version would."""


class Prover:
    """Verifies bundles with a certificate, each once."""

    def __init__(self, root: TrustedRoot) -> None:
        self._verifier = _verifier(root)
        self._proven: dict[bytes, tuple[Named | None, str]] = {}

    def prove(self, signature: Signature) -> tuple[Named | None, str]:
        """Return who has made a signature; or None, and why not."""
        if not signature.certificate:
            return None, ""
        if not signature.bundle:
            return None, _BY_TAG
        if signature.bundle not in self._proven:
            self._proven[signature.bundle] = self._prove(signature)
        return self._proven[signature.bundle]

    def identified(self, identity: Identity) -> Identified:
        """Return an identity of a rule as one who signs."""
        return Identified(identity, self)

    def _prove(self, signature: Signature) -> tuple[Named | None, str]:
        try:
            bundle = Bundle.from_json(_completed(signature.bundle))
            signed = self._verifier.verify_dsse(bundle, _Anybody())
            if signed_bytes(*signed) != signature.message:
                # Readers of JSON differ on a member that is there twice: what was verified is what has to count.
                return None, "its bundle can be read in two ways"
            found = named(bundle.signing_certificate)
        except (Error, ValueError, RecursionError) as error:
            return None, str(error)[:REASON] or type(error).__name__
        return found, "" if found else "its certificate names nobody, or more than one"


class _Anybody:
    """The policy that lets every certificate pass: whom it names is compared with the rules' identities."""

    def verify(self, cert: Certificate) -> None:
        """Let it pass."""


@dataclass(frozen=True)
class Identified:
    """An identity of a rule, as one who signs."""

    identity: Identity
    prover: Prover = field(compare=False, repr=False)

    def has_signed(self, signature: Signature) -> bool:
        """Return whether the signature is by this identity."""
        found, _ = self.prover.prove(signature)
        one = self.identity
        return bool(
            found
            and _fits(found.issuer, one.issuer, one.issuer_pattern)
            and _fits(found.subject, one.subject, one.subject_pattern)
        )

    def doubt(self, signature: Signature) -> str:
        """Return why the root doesn't vouch for the signature, whoever made it."""
        return self.prover.prove(signature)[1]

    def who(self, signature: Signature) -> Hashable:
        """Return whom the certificate names."""
        return self.prover.prove(signature)[0]

    def __str__(self) -> str:
        return str(self.identity)


def _completed(body: bytes) -> str:
    """Return a bundle whose entries are as sigstore-python wants to see them."""
    bundle = load(body, "a bundle")
    material = member(bundle, "verificationMaterial")
    material["tlogEntries"] = in_bundle(material)
    return json.dumps(bundle)


def _fits(text: str, exact: str, pattern: str) -> bool:
    return text == exact if exact else bool(re.fullmatch(pattern, text))


def _verifier(root: TrustedRoot) -> Verifier:
    try:
        return Verifier(trusted_root=root)
    except (Error, ValueError, LookupError) as error:
        raise NoTrustedRoot(f"the trusted root can't be used: {str(error)[:REASON]}") from error
