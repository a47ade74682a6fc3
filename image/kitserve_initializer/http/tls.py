"""TLS: the context for every connection, and the one that has a client certificate, for the registry alone."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING

from urllib3.util import create_urllib3_context

from kitserve_initializer.config.identity import Identity, read_pem
from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.http.transport import ClientTls
from kitserve_initializer.http.url import origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitserve_initializer.config.identity import Authorities, Client

_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - what is made there has no name
_PEM_HINT = "both must be PEM, and the key without a password"


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
        _trust(each, made)
    if told.client:
        _introduce(told.client, made)
    return made


def client(*, verify: bool, told: Identity, urls: Iterable[str]) -> ClientTls | None:
    """Return who we are to the registries at `urls`, and to nobody else; None without a client certificate.

    Raises:
        InvalidFlags, InvalidEnvironment: as `context`.
    """
    if not told.client:
        return None
    return ClientTls(context(verify=verify, told=told), frozenset(map(origin, urls)))


def memory_file(text: str) -> int:
    """Return the descriptor of a file that lies in no folder.

    Raises:
        InvalidEnvironment: if there is neither memory nor a temporary folder for one.
    """
    file = _nameless()
    with os.fdopen(os.dup(file), "w", encoding="utf-8") as stream:
        stream.write(text)
    return file


def _nameless() -> int:
    try:
        return os.memfd_create("kitserve")
    except OSError:  # of a sandbox, or an old kernel
        import tempfile  # noqa: PLC0415 - hardly anybody needs it
    folder = _SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else None
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            return os.dup(file.fileno())
    except OSError as error:
        raise InvalidEnvironment(
            f"a certificate needs a file without a name, and there can be none: {error.strerror}",
            "allow memfd_create(2), or make a temporary folder writable (TMPDIR)",
        ) from error


def path(file: int) -> str:
    """Return the path of an open file, for this process and for children that inherit it."""
    return f"/proc/self/fd/{file}"


def bundle(told: Identity) -> str:
    """Return the system's file of authorities and all of these, for another program."""
    system = ssl.get_default_verify_paths().cafile
    texts = [read_pem("SSL_CERT_FILE", system, InvalidEnvironment)] if system else []
    return "\n".join([*texts, *(each.pem for each in told.authorities)])


def _trust(authorities: Authorities, made: ssl.SSLContext) -> None:
    try:
        # Comments between certificates may be in any language, and ssl wants ASCII.
        made.load_verify_locations(cadata=authorities.pem.encode("ascii", "replace").decode())
    except (ssl.SSLError, ValueError) as error:
        raise authorities.failure(
            f"{authorities.place} isn't a bundle of certificates in PEM form"
        ) from error


def _introduce(client: Client, made: ssl.SSLContext) -> None:
    file = memory_file(f"{client.certificate}\n{client.key.reveal()}\n")
    try:
        # With a password here, OpenSSL doesn't prompt for one.
        made.load_cert_chain(path(file), password="")
    except ssl.SSLError as error:
        fault = "don't belong together" if error.reason == "KEY_VALUES_MISMATCH" else "can't be read"
        raise client.failure(f"the certificate and the key of {client.place} {fault}", _PEM_HINT) from error
    finally:
        os.close(file)
