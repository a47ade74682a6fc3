"""Public keys and what they have signed; only a policy with keys loads this module, and with it `cryptography`."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from kitserve_initializer.trust.formats.signature import shortened
from kitserve_initializer.trust.rules.policy import PolicyError

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

    from kitserve_initializer.trust.formats.signature import Signature

_CURVES: dict[str, tuple[hashes.HashAlgorithm, ...]] = {
    "secp256r1": (hashes.SHA256(),),
    "secp384r1": (hashes.SHA256(), hashes.SHA384()),
    "secp521r1": (hashes.SHA256(), hashes.SHA512()),
}
"""cosign 2.6 and 3.1 and key management services hash with what is as large as the curve, older ones with SHA-256."""

_RSA = (hashes.SHA256(), hashes.SHA384(), hashes.SHA512())
"""cosign hashes with SHA-256, a key management service with what the key was made for (sigstore, pkg/signature/kms)."""

_RSA_BITS = 2048
_PEM = "-----BEGIN PUBLIC KEY-----"


@dataclass(frozen=True)
class PublicKey:
    """A key; `fingerprint` is the sha256 of its SubjectPublicKeyInfo in DER, in hex."""

    fingerprint: str
    key: PublicKeyTypes = field(compare=False)

    def has_signed(self, signature: Signature) -> bool:
        """Return whether this is the key's signature of its message."""
        message, value = signature.message, signature.value
        if isinstance(self.key, ed25519.Ed25519PublicKey):
            return _verifies_ed25519(self.key, message, value)
        return any(_verifies(self.key, message, value, algorithm) for algorithm in _hashes(self.key))

    def doubt(self, _: Signature) -> str:
        """Return nothing: a key needs nobody to vouch for it."""
        return ""

    def who(self, _: Signature) -> Hashable:
        """Return the key itself."""
        return self.fingerprint

    def __str__(self) -> str:
        return f"key {shortened(self.fingerprint)}"


def load(pem: str) -> PublicKey:
    """Read a public key.

    Raises:
        PolicyError: saying what is wrong, without repeating what may be a private key.
    """
    if not pem.startswith(_PEM) or pem.count("-----BEGIN") != 1:
        raise PolicyError(f"isn't one public key in PEM form ({_PEM})")
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PolicyError("isn't a public key that can be read") from error
    _check(key)
    return PublicKey(
        sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest(), key
    )


def _check(key: PublicKeyTypes) -> None:
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < _RSA_BITS:
            raise PolicyError(f"is an RSA key of {key.key_size} bits, and {_RSA_BITS} are the least")
    elif isinstance(key, ec.EllipticCurvePublicKey):
        if key.curve.name not in _CURVES:
            raise PolicyError(f"is a key on the curve {key.curve.name}, must be P-256, P-384 or P-521")
    elif not isinstance(key, ed25519.Ed25519PublicKey):
        raise PolicyError("is neither an ECDSA nor an Ed25519 nor an RSA key")


def _verifies_ed25519(key: ed25519.Ed25519PublicKey, message: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        from kitserve_initializer.trust import ed25519ph  # noqa: PLC0415 - other keys don't need PyNaCl

        return ed25519ph.verifies(key.public_bytes_raw(), message, signature)
    return True


def _hashes(key: PublicKeyTypes) -> tuple[hashes.HashAlgorithm, ...]:
    return _CURVES[key.curve.name] if isinstance(key, ec.EllipticCurvePublicKey) else _RSA


def _verifies(key: PublicKeyTypes, message: bytes, signature: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), algorithm)
        else:
            return False
    except InvalidSignature:
        return False
    return True
