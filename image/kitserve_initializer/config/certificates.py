"""Certificates and keys in PEM form, put into a context of TLS, which judges them."""

from __future__ import annotations

import os
import ssl
import sys
from typing import TYPE_CHECKING

from kitserve_initializer.errors import InvalidEnvironment

if TYPE_CHECKING:
    from kitserve_initializer.config.identity import Authorities, Client

_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - what is made there has no name
_PEM_HINT = "both must be PEM, and the key without a password"


def trust(authorities: Authorities, made: ssl.SSLContext) -> None:
    """Trust authorities.

    Raises:
        InvalidFlags, InvalidEnvironment: if they are none.
    """
    try:
        # Comments between certificates may be in any language, and ssl wants ASCII.
        made.load_verify_locations(cadata=authorities.pem.encode("ascii", "replace").decode())
    except (ssl.SSLError, ValueError) as error:
        raise authorities.failure(
            f"{authorities.place} isn't a bundle of certificates in PEM form",
            "each has a line BEGIN CERTIFICATE, lines of base64, and a line END CERTIFICATE, as openssl prints it",
        ) from error


def introduce(client: Client, made: ssl.SSLContext) -> None:
    """Show the client certificate to whoever asks for one.

    Raises:
        InvalidFlags, InvalidEnvironment: if it can't be read, or the key isn't its own.
        OSError: where files without a name have no path, as on Windows.
    """
    file = memory_file(f"{client.certificate}\n{client.key.reveal()}\n")
    try:
        # With a password here, OpenSSL doesn't prompt for one.
        made.load_cert_chain(path(file), password="")
    except ssl.SSLError as error:
        fault = "don't belong together" if error.reason == "KEY_VALUES_MISMATCH" else "can't be read"
        raise client.failure(f"the certificate and the key of {client.place} {fault}", _PEM_HINT) from error
    finally:
        os.close(file)


def memory_file(text: str) -> int:
    """Return the descriptor of a file that lies in no folder.

    Raises:
        InvalidEnvironment: if there is neither memory nor a temporary folder for one.
    """
    file = _nameless()
    with os.fdopen(os.dup(file), "w", encoding="utf-8") as stream:
        stream.write(text)
    os.lseek(file, 0, os.SEEK_SET)  # macOS opens it where the last one has read to
    return file


def _nameless() -> int:
    try:
        return os.memfd_create("kitserve")
    except (OSError, AttributeError):  # of a sandbox, an old kernel, or a system that isn't Linux
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
    return f"/dev/fd/{file}" if sys.platform == "darwin" else f"/proc/self/fd/{file}"
