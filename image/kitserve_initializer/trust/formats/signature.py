"""Signatures as they are found, whatever form they have, and what is wrong with those that are none."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Form = Literal["bundle", "tag"]

_SHOWN = 16
"""Digits of a fingerprint in a sentence."""


@dataclass(frozen=True)
class Signature:
    """A signature that nobody has verified.

    `message` is what was signed and `value` the signature itself. All else is what the message says, or what says who
    signed: it counts only where the signature is right. `digest` is what was signed for; `repository` is where that was
    then, `signer` the fingerprint of the key that it says it is by (trust/public_key.py), `certificate` the signer's in
    DER, `entries` those of transparency logs as a bundle has them, and `bundle` the whole bundle, as far as there are
    any.
    """

    form: Form
    message: bytes
    value: bytes
    digest: str
    repository: str = ""
    signer: str = ""
    certificate: bytes = b""
    entries: tuple[dict[str, Any], ...] = field(default=(), compare=False, repr=False)
    bundle: bytes = field(default=b"", repr=False)


class Fault(NamedTuple):
    """Why something that should be a signature can't be used; `unreachable` if the registry is why."""

    cause: str
    unreachable: bool = False


class MalformedError(Exception):
    """What should be a signature is none."""


def shortened(fingerprint: str) -> str:
    """Return a fingerprint as sentences show it."""
    return f"sha256:{fingerprint[:_SHOWN]}"


def decoded(text: object, what: str) -> bytes:
    """Decode base64.

    Raises:
        MalformedError: if it is none.
    """
    try:
        return base64.b64decode(text if isinstance(text, str) else "?", validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError(f"{what} isn't base64") from error
