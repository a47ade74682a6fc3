"""Faults of TLS: those of trust and agreement are final, those of the way pass."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from kitserve_initializer.errors import RegistryUnreachable, UntrustedRegistry
from kitserve_initializer.wire.connection import PlainHttpError
from kitserve_initializer.wire.head import TlsAnswerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.errors import RegistryFailure

_CERTIFICATE_HINTS = {
    9: "check the clock of the node, and the registry's certificate",
    10: "renew the registry's certificate, and check the clock of the node",
    62: "use a name that the certificate is for",
    64: "use a name that the certificate is for",
}
"""By OpenSSL's X509_V_ERR_*: not yet valid, expired, another name, another address. For all others a CA is missing."""

_ASKS_FOR_US = (
    "TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "SSLV3_ALERT_BAD_CERTIFICATE",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
    "SSLV3_ALERT_CERTIFICATE_REVOKED",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
    "TLSV1_ALERT_UNKNOWN_CA",
    "TLSV1_ALERT_ACCESS_DENIED",
)
"""Alerts by which a server refuses us, mostly because we have no client certificate (OpenSSL's names)."""

_THEY_DISAGREE = (
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "TLSV1_ALERT_INSUFFICIENT_SECURITY",
    "TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
    "TLSV1_UNRECOGNIZED_NAME",
)
"""Alerts of a server that accepts no version, cipher or name of ours: so do balancers that have no backend yet."""

_WE_DISAGREE = (
    "UNSUPPORTED_PROTOCOL",
    "NO_PROTOCOLS_AVAILABLE",
    "DH_KEY_TOO_SMALL",
    "EE_KEY_TOO_SMALL",
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
)
"""Versions, ciphers and keys of the other side that we don't accept."""


def failure(who: str, chain: Sequence[BaseException], *, is_proxy: bool = False) -> RegistryFailure | None:
    """Return the failure for the first fault of TLS in a chain of errors; None if there is none.

    `who` is a proxy if `is_proxy`.
    """
    for error in chain:
        if isinstance(error, PlainHttpError):
            hint = (
                "write its URL with http://"
                if is_proxy
                else "put --plain-http into KIT_UNPACK_FLAGS (the value unpackFlags)"
            )
            return UntrustedRegistry(f"{who} speaks http, and was asked by https", hint)
        if isinstance(error, TlsAnswerError):
            return UntrustedRegistry(
                f"{who} speaks https, and was asked by http",
                "take --plain-http out of KIT_UNPACK_FLAGS (the value unpackFlags)",
            )
        if isinstance(error, ssl.SSLError):
            return _failure(who, error)
    return None


def _failure(who: str, error: ssl.SSLError) -> RegistryFailure:
    said = _said(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return UntrustedRegistry(
            f"TLS with {who} failed: {said}", _CERTIFICATE_HINTS.get(error.verify_code, "")
        )
    if error.reason in _ASKS_FOR_US:
        return UntrustedRegistry(
            f"TLS with {who} failed: {said}",
            "give a client certificate that it accepts: --cert and --key, or KITSERVE_CLIENT_CERTIFICATE",
        )
    if error.reason in _THEY_DISAGREE + _WE_DISAGREE:
        return UntrustedRegistry(
            f"TLS with {who} failed: {said}",
            "check the name, and which versions and ciphers of TLS the other side accepts",
            temporary=error.reason in _THEY_DISAGREE,
        )
    return RegistryUnreachable(f"TLS with {who} broke: {said}", temporary=True)


def _said(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "it ended early"
    # OpenSSL has no name for a few of its reasons; Python puts its own line number behind what it says of them.
    reason = error.reason or (error.strerror or type(error).__name__).partition(" (_ssl")[0]
    return reason.lower().replace("_", " ")
