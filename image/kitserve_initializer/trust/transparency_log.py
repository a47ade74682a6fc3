"""Signatures by keys that have an entry in a transparency log; only a policy that demands one loads this module.

sigstore-python verifies the entry, offline: what the log says of it comes with the signature, and the log's key with
the trusted root. The parts that do so aren't public, because its public ones take no signature by a key. What the entry
is about is compared here.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sigstore._internal.trust import KeyringPurpose
from sigstore.errors import Error
from sigstore.models import TransparencyLogEntry
from sigstore_models.rekor.v1 import TransparencyLogEntry as Entry

from kitserve_initializer.errors import NoTrustedRoot
from kitserve_initializer.trust import public_key
from kitserve_initializer.trust.formats.bundle import payload
from kitserve_initializer.trust.formats.json_object import member, text
from kitserve_initializer.trust.formats.log_entry import recorded
from kitserve_initializer.trust.formats.signature import MalformedError
from kitserve_initializer.trust.rules.policy import PolicyError
from kitserve_initializer.trust.trusted_root import REASON

if TYPE_CHECKING:
    from collections.abc import Hashable

    from sigstore.models import TrustedRoot

    from kitserve_initializer.trust.formats.json_object import Members
    from kitserve_initializer.trust.formats.log_entry import Recorded
    from kitserve_initializer.trust.formats.signature import Form, Signature
    from kitserve_initializer.trust.public_key import PublicKey

_MOST = 8
"""Entries of one signature that are looked at."""

_NO_PROOF = {"rootHash": "", "treeSize": "1", "logIndex": "0", "hashes": [], "checkpoint": {"envelope": ""}}
"""What sigstore-python wants to see of an entry that has the log's promise alone. It verifies nothing of it then."""


class TransparencyLogs:
    """The logs of a trusted root."""

    def __init__(self, root: TrustedRoot) -> None:
        try:
            self._keys = root.rekor_keyring(KeyringPurpose.VERIFY)
        except (Error, ValueError) as error:
            raise NoTrustedRoot(f"the trusted root can't be used: {str(error)[:REASON]}") from error

    def doubt(self, signature: Signature, key: PublicKey) -> str:
        """Return why none of these logs has an entry for a key's signature; empty if one has."""
        doubts = [self._doubt(entry, signature, key) for entry in signature.entries[:_MOST]]
        if not doubts:
            return "it has no entry in a transparency log"
        return "" if "" in doubts else doubts[0]

    def _doubt(self, members: Members, signature: Signature, key: PublicKey) -> str:
        try:
            if not _is_about(recorded(self._body(members, signature.form)), signature, key):
                return "its log entry is about another signature"
        except (Error, ValueError, RecursionError, MalformedError) as error:
            return str(error)[:REASON] or type(error).__name__
        return ""

    def _body(self, members: Members, form: Form) -> bytes:
        """Return what a log has written down, verified by its proof, and by its promise if there is one.

        A bundle of version 0.3 must have the proof (sigstore_bundle.proto); an annotation has the promise alone.
        """
        proven = form == "bundle"
        if proven and not text(member(members, "inclusionProof", "checkpoint"), "envelope"):
            raise MalformedError("its log entry has no proof with a checkpoint")
        try:
            inner = Entry.from_json(
                json.dumps(members if proven else members | {"inclusionProof": _NO_PROOF})
            )
        except ValueError as error:
            raise MalformedError("its log entry can't be read") from error
        entry = TransparencyLogEntry(inner)
        verify = entry._verify if proven else entry._verify_set
        verify(self._keys)
        return inner.canonicalized_body


@dataclass(frozen=True)
class LoggedKey:
    """A key whose signatures count if they are in a log."""

    key: PublicKey
    logs: TransparencyLogs = field(compare=False, repr=False)

    def has_signed(self, signature: Signature) -> bool:
        """Return whether this is the key's signature, and in a log."""
        return self.key.has_signed(signature) and not self.logs.doubt(signature, self.key)

    def doubt(self, signature: Signature) -> str:
        """Return why the key's signature doesn't count."""
        return self.logs.doubt(signature, self.key) if self.key.has_signed(signature) else ""

    def who(self, signature: Signature) -> Hashable:
        """Return the key itself."""
        return self.key.who(signature)

    def __str__(self) -> str:
        return str(self.key)


def _is_about(found: Recorded, signature: Signature, key: PublicKey) -> bool:
    if found.of_payload and signature.form != "bundle":
        return False
    signed = payload(signature.message) if found.of_payload else signature.message
    return (
        found.digest == hashlib.new(found.algorithm, signed).digest()
        and found.signature == signature.value
        and _fingerprint(found.key) == key.fingerprint
    )


def _fingerprint(key: bytes) -> str:
    """Return the fingerprint of a log's key: Rekor 1 has it in PEM form, Rekor 2 in DER."""
    try:
        return public_key.load(key.decode()).fingerprint
    except (UnicodeDecodeError, PolicyError):
        return hashlib.sha256(key).hexdigest()
