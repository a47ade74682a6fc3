"""Sigstore bundles v0.3 of a key, and the manifests that carry them, as cosign 3 writes both and as it never would."""

import base64
import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from tests.parts.signing.artifact import Artifact
from tests.parts.signing.keys import SigningKey

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
IN_TOTO = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
SIGNATURE = "https://sigstore.dev/cosign/sign/v1"
"""The predicateType of cosign's signatures: any other statement says something else about the artifact."""

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
EMPTY = "application/vnd.oci.empty.v1+json"

Document = dict[str, Any]


def statement(*digests: str, predicate_type: str = SIGNATURE, kind: str = STATEMENT) -> bytes:
    """An in-toto statement about these digests."""
    subjects = [
        {"digest": {algorithm: value}} for algorithm, _, value in (each.partition(":") for each in digests)
    ]
    document = {"_type": kind, "subject": subjects, "predicateType": predicate_type, "predicate": {}}
    return json.dumps(document).encode()


def signed_bytes(payload: bytes, payload_type: str = IN_TOTO) -> bytes:
    """What a DSSE signature is made of (DSSE's protocol.md, "PAE")."""
    return b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(payload), payload)


def bundle(
    key: SigningKey,
    payload: bytes,
    *,
    hint: str | None = None,
    payload_type: str = IN_TOTO,
    signature: bytes = b"",
) -> Document:
    """A bundle over a payload. `hint` and `signature` replace those that belong to the key."""
    sig = signature or key.sign(signed_bytes(payload, payload_type))
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": payload_type,
        "signatures": [{"sig": base64.b64encode(sig).decode()}],
    }
    material = {"publicKey": {"hint": key.hint if hint is None else hint}}
    return {"mediaType": BUNDLE, "verificationMaterial": material, "dsseEnvelope": envelope}


def attach(artifact: Artifact, content: Document | bytes, **changes: Any) -> Document:  # noqa: ANN401
    """Push a bundle as a referrer, and return its entry in a list of referrers.

    `changes` replace parts of the manifest. A registry without a referrers API lists nothing by this: see `tag`.
    """
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    annotations = {
        "dev.sigstore.bundle.content": "dsse-envelope",
        "dev.sigstore.bundle.predicateType": SIGNATURE,
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": BUNDLE,
        "config": {"mediaType": EMPTY, **artifact.push_blob(b"{}")},
        "layers": [{"mediaType": BUNDLE, **artifact.push_blob(data)}],
        "subject": artifact.registry.descriptor(artifact.repository, artifact.digest),
        "annotations": annotations,
    } | changes
    size = len(json.dumps(manifest))
    entry = {
        "mediaType": MANIFEST,
        "digest": artifact.push_manifest(_digest(manifest), manifest),
        "size": size,
    }
    return entry | {key: manifest[key] for key in ("artifactType", "annotations") if key in manifest}


def tag(artifact: Artifact, entries: Sequence[Document]) -> None:
    """Make these the referrers by the fallback tag (distribution-spec 1.1, "Referrers Tag Schema")."""
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": list(entries)}
    artifact.push_manifest(artifact.digest.replace(":", "-"), index)


def _digest(document: Document) -> str:
    return f"sha256:{sha256(json.dumps(document).encode()).hexdigest()}"
