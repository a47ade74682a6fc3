"""Certificates of authorities, and texts that are none."""

CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBYjCCAQigAwIBAgIBATAKBggqhkjOPQQDAjAv
-----END CERTIFICATE-----
"""
_ONE_LINE = CERTIFICATE.replace("\n", "")
_PART = CERTIFICATE.splitlines()[1]
KEY = "MHcCAQEEIPlantedPrivateKeyThatNobodyMaySee"


def block(label: str, content: str = _PART) -> str:
    """Return a text in PEM form."""
    return f"-----BEGIN {label}-----\n{content}\n-----END {label}-----\n"


BUNDLES: dict[str, str] = {
    "one": CERTIFICATE,
    "two": CERTIFICATE * 2,
    "without line ends": _ONE_LINE * 2,
    "other line ends": CERTIFICATE.replace("\n", "\r\n"),
    "comments": f"# Company's root, für alle\n================\n{CERTIFICATE}\n 0 s:CN = A\n\t{CERTIFICATE}# -----",
    "blanks before and behind": f"\n\n  {CERTIFICATE}\n \n",
    "indented": CERTIFICATE.replace("\n", "\n  "),
}
PRIVATE: dict[str, str] = {
    "PKCS8": CERTIFICATE + block("PRIVATE KEY", KEY),
    "encrypted": block("ENCRYPTED PRIVATE KEY", KEY) + CERTIFICATE,
    "RSA": block("RSA PRIVATE KEY", KEY),
    "EC": CERTIFICATE + block("EC PRIVATE KEY", KEY) + CERTIFICATE,
    "OpenSSH": block("OPENSSH PRIVATE KEY", KEY),
    "PGP": block("PGP PRIVATE KEY BLOCK", KEY),
    "begun": f"{CERTIFICATE}-----BEGIN EC PRIVATE KEY-----\n{KEY}\n",
    "damaged": f"{CERTIFICATE}----BEGIN EC PRIVATE KEY----\n{KEY}\n",
    "in one line": f"{_ONE_LINE}-----BEGIN PRIVATE KEY-----{KEY}-----END PRIVATE KEY-----",
}
GARBAGE: dict[str, str] = {
    "path": "/etc/ssl/certs/ca.crt",
    "base64 alone": _PART,
    "empty block": block("CERTIFICATE", ""),
    "other content": block("CERTIFICATE", "not a certificate"),
    "no certificate's begin": block("CERTIFICATE", "AAAA"),
    "not ended": CERTIFICATE + CERTIFICATE.rpartition("-----END")[0],
    "not begun": CERTIFICATE + CERTIFICATE.partition("\n")[2],
    "headers": block("CERTIFICATE", f"Proc-Type: 4,ENCRYPTED\n\n{_PART}"),
    "public key": CERTIFICATE + block("PUBLIC KEY"),
    "revocation list": block("X509 CRL") + CERTIFICATE,
    "request": block("CERTIFICATE REQUEST"),
    "trusted certificate": block("TRUSTED CERTIFICATE"),
    "PKCS7": block("PKCS7"),
    "small letters": CERTIFICATE.lower(),
    "control character": f"# \x01\n{CERTIFICATE}",
    "zero": f"{CERTIFICATE}\x00",
    "blank lines": " \n\n",
    "template": "{{ .Files.Get \"ca.crt\" }}",
}  # fmt: skip
MOST = 128 * 1024 - len("KITSERVE_CA_BUNDLE=") - 1
"""Bytes of the longest bundle."""


def long_bundle(size: int) -> str:
    """Return a bundle of so many bytes."""
    return f"{CERTIFICATE}{'é' * ((size - len(CERTIFICATE)) // 2)}{'#' * ((size - len(CERTIFICATE)) % 2)}"
