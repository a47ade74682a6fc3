"""Public keys in PEM form: whether they are of a kind that the initializer verifies with (RFC 5280, 4.1.2.7).

A key of a kind always begins with the same bytes, so expressions judge it, and the chart's _verification.tpl has the
same ones: neither needs a library. Whether a point lies on its curve, the initializer finds out.
"""

from __future__ import annotations

import re
from base64 import b64decode

_DIGIT = "[A-Za-z0-9+/]"
# The last bytes of the modulus' length and the first of the modulus: at least 2048 bits.
_LONG = f"(AQ[E-Za-z0-9+/]|A[R-Za-z0-9+/]{_DIGIT}|[BC]{_DIGIT}{{2}}){_DIGIT}"
_KINDS = "|".join(
    (
        f"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE{_DIGIT}{{86}}==",
        f"MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE{_DIGIT}{{128}}",
        f"MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQ{_DIGIT}{{176}}=",
        f"MCowBQYDK2VwAyEA{_DIGIT}{{43}}=",
        f"MII[B-I]{_DIGIT}[DTjz]ANBgkqhkiG9w0BAQEFAAOC{_DIGIT}{{3}}AMII{_DIGIT}{{2}}[AQgw]KC{_LONG}"
        f"({_DIGIT}{{4}})*({_DIGIT}{{2}}(==|{_DIGIT}=))?",
    )
)
_KNOWN = re.compile(_KINDS)
_NO_CONTENT = re.compile(r"-----(BEGIN|END) PUBLIC KEY-----|[ \t\r\n]")


def content(pem: str) -> bytes:
    """Return the DER of a key (a SubjectPublicKeyInfo) that the schema accepts; nothing if it is of no known kind."""
    text = _NO_CONTENT.sub("", pem)
    if not _KNOWN.fullmatch(text):
        return b""
    der = b64decode(text)
    return der if _is_whole(der) else b""


def _is_whole(der: bytes) -> bool:
    """Return whether an RSA key has as many bytes as it says; the others have always the same number."""
    return der[1] != 0x82 or len(der) == 4 + int.from_bytes(der[2:4])
