"""Keys that sign, of every kind that cosign takes."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

KINDS = ("p256", "p384", "p521", "ed25519", "rsa2048")
_CURVES: dict[str, ec.EllipticCurve] = {
    "p256": ec.SECP256R1(),
    "p384": ec.SECP384R1(),
    "p521": ec.SECP521R1(),
    "p256k1": ec.SECP256K1(),
}


@dataclass(frozen=True)
class SigningKey:
    """A key pair and its kind, one of KINDS or another curve or size, such as `rsa1024`."""

    kind: str
    private: PrivateKey

    @cached_property
    def der(self) -> bytes:
        """The public key as SubjectPublicKeyInfo."""
        der, spki = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(der, spki)

    @cached_property
    def public(self) -> str:
        """The public key in PEM form, as a policy names it."""
        pem, spki = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(pem, spki).decode()

    @property
    def pkcs8(self) -> bytes:
        """The private key in PEM form, not encrypted."""
        pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        return self.private.private_bytes(pem, pkcs8, serialization.NoEncryption())

    @property
    def fingerprint(self) -> str:
        """The sha256 (hex) of the public key."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def hint(self) -> str:
        """What a bundle says of its signer's public key (sigstore-go, pkg/sign/keys.go)."""
        return base64.b64encode(hashlib.sha256(self.der).digest()).decode()

    def sign(self, message: bytes, hashing: type[hashes.HashAlgorithm] | None = None) -> bytes:
        """A signature as cosign verifies it: of the SHA-256 for every curve; `hashing` replaces that.

        cosign signs with a hash as large as the curve, and so refuses its own signatures by P-384 and P-521.
        """
        chosen = (hashing or hashes.SHA256)()
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(message, ec.ECDSA(chosen))
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(message, padding.PKCS1v15(), chosen)
        return self.private.sign(message)


def new_key(kind: str = "p256") -> SigningKey:
    """A key that nobody has."""
    if kind == "ed25519":
        return SigningKey(kind, ed25519.Ed25519PrivateKey.generate())
    if kind.startswith("rsa"):
        return SigningKey(kind, rsa.generate_private_key(65537, int(kind.removeprefix("rsa"))))
    return SigningKey(kind, ec.generate_private_key(_CURVES[kind]))
