"""TLS: the context for every connection, and the one that has a client certificate, for the registry alone."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from urllib3.util import create_urllib3_context

from kitserve_initializer.config.certificates import introduce, trust
from kitserve_initializer.config.identity import Identity, read_pem
from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.http.transport import ClientTls
from kitserve_initializer.http.url import origin

if TYPE_CHECKING:
    from collections.abc import Iterable


_NOBODY = Identity()


def context(*, verify: bool, told: Identity = _NOBODY) -> ssl.SSLContext:
    """Return the context that trusts the system's authorities (SSL_CERT_FILE and SSL_CERT_DIR move them), and more.

    Raises:
        InvalidFlags, InvalidEnvironment: for what is no certificate, and for a key that isn't its own.
    """
    made = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)
    # As in Go's clients, `kit` among them: private authorities often lack an extension that RFC 5280 wants, which
    # Python 3.13 is strict about, and what is trusted may be an intermediate or the server's own certificate.
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    made.load_default_certs()
    for each in told.authorities:
        trust(each, made)
    if told.client:
        introduce(told.client, made)
    return made


def client(*, verify: bool, told: Identity, urls: Iterable[str]) -> ClientTls | None:
    """Return who we are to the registries at `urls`, and to nobody else; None without a client certificate.

    Raises:
        InvalidFlags, InvalidEnvironment: as `context`.
    """
    if not told.client:
        return None
    return ClientTls(context(verify=verify, told=told), frozenset(map(origin, urls)))


def bundle(told: Identity) -> str:
    """Return the system's file of authorities and all of these, for another program."""
    system = ssl.get_default_verify_paths().cafile
    texts = [read_pem("SSL_CERT_FILE", system, InvalidEnvironment)] if system else []
    return "\n".join([*texts, *(each.pem for each in told.authorities)])
