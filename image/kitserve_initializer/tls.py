"""Whom to trust, and who we are, in TLS: the context for every connection, to token servers too."""

from __future__ import annotations

import ssl

from urllib3.util import create_urllib3_context


def context(*, verify: bool) -> ssl.SSLContext:
    """Return the context that trusts the system's authorities (SSL_CERT_FILE and SSL_CERT_DIR move them)."""
    made = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)
    made.load_default_certs()
    return made
