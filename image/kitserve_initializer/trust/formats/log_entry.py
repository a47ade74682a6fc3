"""Entries of transparency logs: in a bundle or an annotation of cosign, and what the log has written down in one.

The specifications: sigstore/protobuf-specs, sigstore_rekor.proto; sigstore/cosign, specs/SIGNATURE_SPEC.md ("Rekor
bundle"); sigstore/rekor, pkg/types/dsse and pkg/types/hashedrekord; sigstore/rekor-tiles, api/proto.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, NamedTuple

from kitserve_initializer.trust.formats.json_object import load, member, objects, text
from kitserve_initializer.trust.formats.signature import MalformedError, decoded

if TYPE_CHECKING:
    from kitserve_initializer.trust.formats.json_object import Members

_ALGORITHMS = {
    "sha256": "sha256",
    "sha384": "sha384",
    "sha512": "sha512",
    "SHA2_256": "sha256",
    "SHA2_384": "sha384",
    "SHA2_512": "sha512",
}
"""What the logs call hashes -> hashlib's name."""


class Recorded(NamedTuple):
    """What a log has written down of a signature.

    `digest` is that of what was signed; if `of_payload`, of the payload in a bundle's envelope. `key` is the signer's,
    in PEM form or in DER.
    """

    of_payload: bool
    algorithm: str
    digest: bytes
    signature: bytes
    key: bytes


def in_bundle(material: Members) -> tuple[Members, ...]:
    """Return the entries, with the zeros and empty lists that protobuf leaves out, and sigstore-python asks for."""
    return tuple(map(_completed, objects(material, "tlogEntries")))


def in_annotation(body: str) -> tuple[Members, ...]:
    """Return the entry of an annotation as a bundle has it, with the log's promise and no proof.

    What can't be read is an empty entry, which is no fault of a signature that needs none.
    """
    try:
        promised = load(body.encode(), "a signature's log entry")
        payload = member(promised, "Payload")
        log = bytes.fromhex(text(payload, "logID"))
    except (MalformedError, ValueError):
        return ({},)
    entry = {
        "logIndex": str(payload.get("logIndex")),
        "logId": {"keyId": base64.b64encode(log).decode()},
        "kindVersion": {"kind": "hashedrekord", "version": "0.0.1"},
        "integratedTime": str(payload.get("integratedTime")),
        "inclusionPromise": {"signedEntryTimestamp": promised.get("SignedEntryTimestamp")},
        "canonicalizedBody": payload.get("body"),
    }
    return (entry,)


def recorded(body: bytes) -> Recorded:
    """Read what a log has written down.

    Raises:
        MalformedError: if it is no signature of a form that cosign uploads.
    """
    document = load(body, "a log's entry")
    spec = member(document, "spec")
    read = _READERS.get((text(document, "kind"), text(document, "apiVersion")))
    if not read:
        raise MalformedError("its log entry is of another kind than cosign's")
    return read(spec)


def _completed(entry: Members) -> Members:
    found: Members = {"logIndex": "0", **entry}
    if "inclusionProof" in found:
        found["inclusionProof"] = {"logIndex": "0", "hashes": [], **member(entry, "inclusionProof")}
    return found


def _dsse(spec: Members) -> Recorded:
    hashed, signatures = member(spec, "payloadHash"), objects(spec, "signatures")
    if len(signatures) != 1:
        raise MalformedError("its log entry hasn't exactly one signature")
    key = decoded(signatures[0].get("verifier"), "a log entry's key")
    return Recorded(True, _algorithm(hashed), _hex(hashed), _value(signatures[0], "signature"), key)


def _older_hash(spec: Members) -> Recorded:
    hashed, signature = member(spec, "data", "hash"), member(spec, "signature")
    key = decoded(member(signature, "publicKey").get("content"), "a log entry's key")
    return Recorded(False, _algorithm(hashed), _hex(hashed), _value(signature, "content"), key)


def _newer_hash(spec: Members) -> Recorded:
    hashed, signature = (
        member(spec, "hashedRekordV002", "data"),
        member(spec, "hashedRekordV002", "signature"),
    )
    key = decoded(member(signature, "verifier", "publicKey").get("rawBytes"), "a log entry's key")
    digest = decoded(hashed.get("digest"), "a log entry's digest")
    return Recorded(False, _algorithm(hashed), digest, _value(signature, "content"), key)


_READERS = {
    ("dsse", "0.0.1"): _dsse,
    ("hashedrekord", "0.0.1"): _older_hash,
    ("hashedrekord", "0.0.2"): _newer_hash,
}


def _algorithm(hashed: Members) -> str:
    name = text(hashed, "algorithm")
    if name not in _ALGORITHMS:
        raise MalformedError("its log entry has a digest of another algorithm than SHA-2")
    return _ALGORITHMS[name]


def _hex(hashed: Members) -> bytes:
    try:
        return bytes.fromhex(text(hashed, "value"))
    except ValueError as error:
        raise MalformedError("its log entry has a digest that is none") from error


def _value(signature: Members, name: str) -> bytes:
    return decoded(signature.get(name), "a log entry's signature")
