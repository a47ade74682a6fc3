"""Ed25519ph (RFC 8032, 5.1): what cosign signs with where the key is an Ed25519 one, and `cryptography` lacks."""

from __future__ import annotations

from nacl.bindings import (
    crypto_sign_BYTES,
    crypto_sign_ed25519ph_final_verify,
    crypto_sign_ed25519ph_state,
    crypto_sign_ed25519ph_update,
)
from nacl.exceptions import BadSignatureError


def verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether a signature is that of a raw public key."""
    if len(signature) != crypto_sign_BYTES:
        return False
    state = crypto_sign_ed25519ph_state()
    crypto_sign_ed25519ph_update(state, message)
    try:
        return bool(crypto_sign_ed25519ph_final_verify(state, signature, key))
    except BadSignatureError:
        return False
