"""Who a certificate of sigstore names, and which issuer vouched for them (sigstore/fulcio, docs/oid-info.md)."""

from __future__ import annotations

from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat import asn1

_ISSUER = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.8")
_FIRST_ISSUER = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.1")
"""Until 2022 the only one, and not in DER; certificates have both."""
_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.7")


class Named(NamedTuple):
    """An identity as a certificate has it."""

    issuer: str
    subject: str

    def __str__(self) -> str:
        return f"{self.subject} ({self.issuer})"


def stated(der: bytes) -> Named | None:
    """Return whom a certificate names that nobody has verified; None if it can't be read."""
    try:
        return named(x509.load_der_x509_certificate(der))
    except ValueError:
        return None


def named(certificate: x509.Certificate) -> Named | None:
    """Return whom a certificate names; None if that isn't exactly one, or no issuer vouched for them."""
    try:
        subjects = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        issuer = _issuer(certificate.extensions)
        names = [_text(each) for each in subjects]
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension):
        return None
    return Named(issuer, names[0]) if len(names) == 1 and names[0] and issuer else None


def _issuer(extensions: x509.Extensions) -> str:
    found = {each.oid: each.value for each in extensions}
    value = found.get(_ISSUER)
    if isinstance(value, x509.UnrecognizedExtension):
        return asn1.decode_der(str, value.value)
    value = found.get(_FIRST_ISSUER)
    return value.value.decode() if isinstance(value, x509.UnrecognizedExtension) else ""


def _text(name: x509.GeneralName) -> str:
    if isinstance(name, x509.OtherName):
        return asn1.decode_der(str, name.value) if name.type_id == _NAME else ""
    return name.value if isinstance(name, x509.RFC822Name | x509.UniformResourceIdentifier) else ""
