"""Simple signing, as `cosign sign` wrote it to a tag before version 3 (containers/image, containers-signature.5.md)."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from kitserve_initializer.trust.formats.json_object import load, member, text
from kitserve_initializer.trust.formats.log_entry import in_annotation
from kitserve_initializer.trust.formats.signature import MalformedError, Signature, decoded

if TYPE_CHECKING:
    from collections.abc import Mapping

MEDIA_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json"

_SIGNATURE = "dev.cosignproject.cosign/signature"
_CERTIFICATE = "dev.sigstore.cosign/certificate"
_ENTRY = "dev.sigstore.cosign/bundle"
_TYPES = ("cosign container image signature", "https://sigstore.dev/cosign/sign/v1")


def read(payload: bytes, annotations: Mapping[str, str]) -> Signature:
    """Read a payload and its layer's annotations.

    Raises:
        MalformedError: if they can't be read.
    """
    critical = member(load(payload, "a signature's payload"), "critical")
    if text(critical, "type") not in _TYPES:
        raise MalformedError("a signature's payload isn't cosign's")
    return Signature(
        "tag",
        payload,
        decoded(annotations.get(_SIGNATURE), "a signature"),
        text(member(critical, "image"), "docker-manifest-digest"),
        text(member(critical, "identity"), "docker-reference"),
        certificate=_certificate(annotations.get(_CERTIFICATE, "")),
        entries=in_annotation(annotations[_ENTRY]) if _ENTRY in annotations else (),
    )


def _certificate(pem: str) -> bytes:
    """Return a certificate in DER; empty if there is none that can be read."""
    try:
        return ssl.PEM_cert_to_DER_cert(pem)
    except ValueError:
        return b""
