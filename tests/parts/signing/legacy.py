"""Signatures under the tag sha256-HEX.sig, as cosign 2 writes them (cosign, specs/SIGNATURE_SPEC.md)."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.parts.signing.artifact import Artifact
from tests.parts.signing.bundles import MANIFEST
from tests.parts.signing.keys import SigningKey

SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
ANNOTATION = "dev.cosignproject.cosign/signature"
ENTRY = "dev.sigstore.cosign/bundle"
CERTIFICATE = "dev.sigstore.cosign/certificate"
TYPE = "cosign container image signature"


@dataclass(frozen=True)
class Signed:
    """A payload and the signature of its bytes; `media_type` is the layer's, and so are further `annotations`."""

    payload: bytes
    signature: bytes
    media_type: str = SIMPLE_SIGNING
    annotations: dict[str, str] = field(default_factory=dict)


def claim(digest: str, name: str, **critical: Any) -> bytes:  # noqa: ANN401
    """The payload that says: `digest` is `name`. `critical` replaces parts of its critical section."""
    parts = {
        "identity": {"docker-reference": name},
        "image": {"docker-manifest-digest": digest},
        "type": TYPE,
    }
    return json.dumps({"critical": parts | critical, "optional": None}).encode()


def signed(key: SigningKey, payload: bytes) -> Signed:
    """A payload with a key's signature."""
    return Signed(payload, key.sign(payload))


def promised(entry: dict[str, Any]) -> dict[str, str]:
    """The annotation that holds a log's entry, with its promise and without its proof (cosign, "Rekor bundle")."""
    payload = {
        "body": entry["canonicalizedBody"],
        "integratedTime": int(entry["integratedTime"]),
        "logIndex": int(entry.get("logIndex", "0")),
        "logID": base64.b64decode(entry["logId"]["keyId"]).hex(),
    }
    signed = entry["inclusionPromise"]["signedEntryTimestamp"]
    return {ENTRY: json.dumps({"SignedEntryTimestamp": signed, "Payload": payload})}


def attach(artifact: Artifact, signatures: Sequence[Signed]) -> str:
    """Make these the artifact's signatures, instead of those that it has; returns the manifest's digest."""
    config = json.dumps(
        {"architecture": "", "os": "", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}}
    )
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": CONFIG, **artifact.push_blob(config.encode())},
        "layers": [_layer(artifact, each) for each in signatures],
    }
    return artifact.push_manifest(tag(artifact.digest), manifest)


def tag(digest: str) -> str:
    """The tag that holds the signatures of `digest`."""
    return f"{digest.replace(':', '-')}.sig"


def _layer(artifact: Artifact, each: Signed) -> dict[str, Any]:
    annotations = {ANNOTATION: base64.b64encode(each.signature).decode()} | each.annotations
    return {"mediaType": each.media_type, **artifact.push_blob(each.payload), "annotations": annotations}
