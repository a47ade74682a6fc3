"""Signatures by people without a key: a certificate for an identity, an entry in a log, a timestamp. And logs for keys.

`tests/parts/authority` makes them; its package says what of it is sigstore's testing authority.
"""

import base64
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.parts.signing.keys import SigningKey
from tests.parts.tools import tool

Document = dict[str, Any]

FAULTS = (
    "certificate-expired",
    "certificate-begins-later",
    "certificate-of-another-authority",
    "certificate-in-no-log",
    "certificate-in-another-log",
    "no-log-entry-and-no-timestamp",
    "entry-in-another-log",
    "entry-of-another-signature",
    "entry-with-a-broken-promise",
    "entry-with-a-broken-proof",
    "signature-by-another-key",
)
"""What makes a bundle wrong."""

TIMESTAMPS = ("timestamp-of-another-authority", "timestamp-of-another-signature")
"""What makes a timestamp wrong, beside a right entry in the log: sigstore-python then goes by the entry's time."""

PARTIAL = ("no-log-entry", "no-timestamp")
"""What a bundle may lack that has the other. sigstore-python wants a log entry always."""


@dataclass(frozen=True)
class Order:
    """What to sign, by whom, and which of FAULTS, TIMESTAMPS or PARTIAL the bundle has; empty: none.

    `rekor` is the version of the log, 1 or 2: the second tells no time, so the bundle needs its timestamp.
    """

    payload: bytes
    subject: str = "https://example.com/models/train.yaml@refs/heads/main"
    issuer: str = "https://token.example.com"
    fault: str = ""
    rekor: int = 1


@dataclass(frozen=True)
class Issued:
    """A bundle for each order, and the TrustedRoot of whoever made them."""

    trusted_root: Document
    bundles: tuple[Document, ...]


def issue(orders: Sequence[Order]) -> Issued:
    """Sign what is ordered, by an authority of its own: another call's root doesn't trust it."""
    asked = [
        {
            "payload": base64.b64encode(order.payload).decode(),
            "subject": order.subject,
            "issuer": order.issuer,
            "fault": order.fault,
            "rekor": order.rekor,
        }
        for order in orders
    ]
    return Issued(*_made(asked))


@dataclass(frozen=True)
class Upload:
    """A key's signature for a log: of a statement in an envelope, or, if `simple`, of the payload itself.

    `fault` may be "entry-in-another-log". Rekor 2 takes a signature whose hash is as large as the key's curve.
    """

    key: SigningKey
    payload: bytes
    signature: bytes
    simple: bool = False
    rekor: int = 1
    fault: str = ""


@dataclass(frozen=True)
class Logged:
    """A log's entry for each upload, as bundles have it, and the TrustedRoot with the logs."""

    trusted_root: Document
    entries: tuple[Document, ...]


def log(uploads: Sequence[Upload]) -> Logged:
    """Upload signatures to logs of an authority of its own."""
    asked = [
        {
            "payload": base64.b64encode(upload.payload).decode(),
            "key": upload.key.public,
            "signature": base64.b64encode(upload.signature).decode(),
            "simple": upload.simple,
            "rekor": upload.rekor,
            "fault": upload.fault,
        }
        for upload in uploads
    ]
    return Logged(*_made(asked))


def _made(asked: Sequence[Document]) -> tuple[Document, tuple[Document, ...]]:
    command = [tool("authority")]
    ran = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True)
    made = json.loads(ran.stdout)
    return made["trustedRoot"], tuple(made["made"])
