"""Signatures in cosign's formats, made here and not by cosign: also such as no cosign would make."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.image.packing import MANIFEST_TYPE, Packed, digest
from tests.parts.registry import Registry

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
INDEX = "application/vnd.oci.image.index.v1+json"
SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json"
IN_TOTO = "application/vnd.in-toto+json"
SIGN = "https://sigstore.dev/cosign/sign/v1"
EMPTY = b"{}"

Document = dict[str, Any]
Change = Callable[[Document], object]
PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def unchanged(_: Document) -> None:
    """The change that changes nothing."""


@dataclass(frozen=True)
class Signer:
    """A private key, and what others need of it."""

    key: PrivateKey
    algorithm: hashes.HashAlgorithm

    @property
    def pem(self) -> str:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def fingerprint(self) -> str:
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return sha256(der).hexdigest()

    @property
    def shown(self) -> str:
        """What sentences call the key."""
        return f"key sha256:{self.fingerprint[:16]}"

    def sign(self, message: bytes) -> bytes:
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(message, ec.ECDSA(self.algorithm))
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(message, padding.PKCS1v15(), self.algorithm)
        return self.key.sign(message)


def signer(key: PrivateKey | None = None, algorithm: hashes.HashAlgorithm | None = None) -> Signer:
    """A signer with a key of its own, on P-256 if none is given."""
    return Signer(key or ec.generate_private_key(ec.SECP256R1()), algorithm or hashes.SHA256())


def statement(of: str) -> Document:
    """What cosign signs in a bundle: nothing but the digest."""
    algorithm, _, value = of.partition(":")
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"digest": {algorithm: value}}],
        "predicateType": SIGN,
        "predicate": {},
    }


def bundle(by: Signer, of: str, twist: Change = unchanged, claim: Change = unchanged) -> Document:
    """A bundle about the digest `of`; `claim` may change what is signed, and `twist` the bundle behind it."""
    stated = statement(of)
    claim(stated)
    payload = json.dumps(stated).encode()
    message = b"DSSEv1 %d %b %d %b" % (len(IN_TOTO), IN_TOTO.encode(), len(payload), payload)
    made: Document = {
        "mediaType": BUNDLE,
        "verificationMaterial": {
            "publicKey": {"hint": base64.b64encode(bytes.fromhex(by.fingerprint)).decode()}
        },
        "dsseEnvelope": {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": IN_TOTO,
            "signatures": [{"sig": base64.b64encode(by.sign(message)).decode()}],
        },
    }
    twist(made)
    return made


def push_bundle(registry: Registry, to: Packed, body: bytes | Document, predicate: str = SIGN) -> Document:
    """Push a bundle as cosign does, and return its entry in an index of referrers."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return push_referrer(registry, to, data, {"dev.sigstore.bundle.predicateType": predicate})


def push_referrer(registry: Registry, to: Packed, data: bytes, annotations: dict[str, str]) -> Document:
    """Push a blob as an artifact that refers to a ModelKit; return its entry in an index of referrers."""
    for blob in (EMPTY, data):
        registry.push_blob(to.repository, blob)
    told = {
        "org.opencontainers.image.created": "2026-11-26T00:00:00Z",
        "dev.sigstore.bundle.content": "dsse-envelope",
        **annotations,
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {
            "mediaType": "application/vnd.oci.empty.v1+json",
            "size": len(EMPTY),
            "digest": digest(EMPTY),
            "artifactType": BUNDLE,
        },
        "layers": [{"mediaType": BUNDLE, "size": len(data), "digest": digest(data)}],
        "subject": {"mediaType": MANIFEST_TYPE, "size": 1, "digest": to.digest},
        "annotations": told,
    }
    written = json.dumps(manifest).encode()
    pushed = registry.push_manifest(to.repository, digest(written), written, MANIFEST_TYPE)
    return {
        "mediaType": MANIFEST_TYPE,
        "size": len(written),
        "digest": pushed,
        "artifactType": BUNDLE,
        "annotations": told,
    }


def index(*entries: Document) -> bytes:
    """An index of referrers."""
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [*entries]}).encode()


def sign(registry: Registry, to: Packed, *by: Signer) -> None:
    """Sign as cosign 3 does where the registry has no referrers: bundles in the index of a tag."""
    entries = [push_bundle(registry, to, bundle(each, to.digest)) for each in by]
    registry.push_manifest(to.repository, to.digest.replace(":", "-"), index(*entries), INDEX)


def simple(of: str, reference: str = "") -> Document:
    """What cosign signs for a signature by a tag."""
    return {
        "critical": {
            "identity": {"docker-reference": reference},
            "image": {"docker-manifest-digest": of},
            "type": "cosign container image signature",
        },
        "optional": None,
    }


Layer = tuple[bytes, str]
"""A payload, and the base64 of its signature."""


def layer(by: Signer, payload: Document | bytes) -> Layer:
    """The layer of a signature by a tag."""
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return data, base64.b64encode(by.sign(data)).decode()


def push_layers(registry: Registry, to: Packed, *layers: Layer, twist: Change = unchanged) -> None:
    """Push signatures to the tag that cosign 2 gives them."""
    for blob in (EMPTY, *(payload for payload, _ in layers)):
        registry.push_blob(to.repository, blob)
    manifest: Document = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "size": len(EMPTY),
            "digest": digest(EMPTY),
        },
        "layers": [
            {
                "mediaType": SIMPLE,
                "size": len(payload),
                "digest": digest(payload),
                "annotations": {"dev.cosignproject.cosign/signature": signature},
            }
            for payload, signature in layers
        ],
    }
    twist(manifest)
    tag = f"{to.digest.replace(':', '-')}.sig"
    registry.push_manifest(to.repository, tag, json.dumps(manifest).encode(), MANIFEST_TYPE)


def sign_by_tag(registry: Registry, to: Packed, *by: Signer) -> None:
    """Sign as cosign 2 does."""
    payload = simple(to.digest, f"{to.host}/{to.repository}")
    push_layers(registry, to, *(layer(each, payload) for each in by))


def policy(*rules: Document, **settings: object) -> dict[str, str]:
    """The variable with a policy; a rule without references is for everything."""
    return {
        "KITSERVE_VERIFICATION": json.dumps(
            {"rules": [{"references": ["**"], **rule} for rule in rules], **settings}
        )
    }


def wants(*by: Signer, **settings: object) -> Document:
    """A rule that wants a signature by one of these."""
    return {"keys": [each.pem for each in by], **settings}
