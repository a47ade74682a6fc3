"""Sigstore bundles v0.3 with a DSSE envelope, as `cosign sign` writes them from version 3 on.

The specifications: sigstore/protobuf-specs, sigstore_bundle.proto; secure-systems-lab/dsse, protocol.md;
in-toto/attestation, spec/v1/statement.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.trust.formats.json_object import load, member, text
from kitserve_initializer.trust.formats.log_entry import in_bundle
from kitserve_initializer.trust.formats.signature import MalformedError, Signature, decoded

if TYPE_CHECKING:
    from kitserve_initializer.trust.formats.json_object import Members

ARTIFACT_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
PREDICATE = "https://sigstore.dev/cosign/sign/v1"
PREDICATE_ANNOTATION = "dev.sigstore.bundle.predicateType"
"""Where cosign repeats the predicate's type, in the annotations of the manifest that holds the bundle."""

_MEDIA_TYPES = (ARTIFACT_TYPE, "application/vnd.dev.sigstore.bundle+json;version=0.3")
_PAYLOAD = "application/vnd.in-toto+json"
_FINGERPRINT = 64
"""Digits of a key's fingerprint in hex."""
_STATEMENT = "https://in-toto.io/Statement/v1"


def read(body: bytes) -> Signature | None:
    """Read a bundle; None if it is a statement of another kind, such as an SBOM: whoever signed it, it is no signature.

    Raises:
        MalformedError: if it can't be read.
    """
    bundle = load(body, "a bundle")
    if text(bundle, "mediaType") not in _MEDIA_TYPES:
        raise MalformedError("a bundle isn't of the version 0.3")
    if "messageSignature" in bundle:
        return None
    envelope = member(bundle, "dsseEnvelope")
    kind = text(envelope, "payloadType")
    content = decoded(envelope.get("payload"), "a bundle's payload")
    if kind != _PAYLOAD:
        return None
    statement = load(content, "a bundle's statement")
    if text(statement, "predicateType") != PREDICATE:
        return None
    material = member(bundle, "verificationMaterial")
    encoded = member(material, "certificate").get("rawBytes")
    return Signature(
        "bundle",
        signed_bytes(kind, content),
        _signature(envelope),
        _subject(statement),
        signer=_signer(material),
        certificate=decoded(encoded, "a bundle's certificate") if encoded else b"",
        entries=in_bundle(material),
        bundle=body,
    )


def _signature(envelope: Members) -> bytes:
    signatures = envelope.get("signatures")
    if not isinstance(signatures, list) or len(signatures) != 1 or not isinstance(signatures[0], dict):
        raise MalformedError("a bundle hasn't exactly one signature")
    return decoded(signatures[0].get("sig"), "a bundle's signature")


def signed_bytes(kind: str, payload: bytes) -> bytes:
    """Return what is signed (DSSE: pre-authentication encoding)."""
    return b"DSSEv1 %d %b %d %b" % (len(kind.encode()), kind.encode(), len(payload), payload)


def payload(message: bytes) -> bytes:
    """Return the payload in what `signed_bytes` returns for a kind without spaces."""
    return message.split(b" ", 4)[-1]


def _subject(statement: Members) -> str:
    """Return the digest that a statement is about.

    Raises:
        MalformedError: if it is about several things: a signature of one must not count for another.
    """
    if text(statement, "_type") != _STATEMENT:
        raise MalformedError("a bundle's statement isn't in-toto's version 1")
    subjects = statement.get("subject")
    if not isinstance(subjects, list) or len(subjects) != 1 or not isinstance(subjects[0], dict):
        raise MalformedError("a bundle's statement hasn't exactly one subject")
    digests = member(subjects[0], "digest")
    if len(digests) != 1:
        raise MalformedError("a bundle's subject hasn't exactly one digest")
    ((algorithm, value),) = digests.items()
    return f"{algorithm}:{value}"


def _signer(material: Members) -> str:
    """Return what a bundle says of its signer: cosign's hint is the base64 of the key's fingerprint."""
    hint = text(member(material, "publicKey"), "hint")
    try:
        fingerprint = decoded(hint, "a hint").hex()
    except MalformedError:
        return ""
    return fingerprint if len(fingerprint) == _FINGERPRINT else ""
