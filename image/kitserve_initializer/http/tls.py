"""Whom to trust, and who we are, in TLS: the context for every connection, to token servers and proxies too."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from urllib3.util import create_urllib3_context

from kitserve_initializer.errors import Failure, InvalidEnvironment, InvalidFlags
from kitserve_initializer.log import LOG
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.config.flags import UnpackFlags

_KSERVE_BUNDLE = "cabundle.crt"
"""The key of KServe's ConfigMap, in the folder that CA_BUNDLE_VOLUME_MOUNT_POINT names."""

_PEM_HINT = "both must be PEM, and the key without a password"


class Authorities(NamedTuple):
    """Certificates in PEM form from `place`, and the kind of error if they are none."""

    place: str
    pem: str
    failure: type[Failure]


class Client(NamedTuple):
    """Our own certificate, with those between it and its authority, and its key, both in PEM form."""

    place: str
    certificate: str
    key: Secret
    failure: type[Failure]


class Identity(NamedTuple):
    """What users and KServe say about TLS: whom to trust beside the system's authorities, and who we are."""

    authorities: tuple[Authorities, ...] = ()
    client: Client | None = None


_NOBODY = Identity()


def identity(settings: Environment, flags: UnpackFlags) -> Identity:
    """Gather what variables, flags and KServe give.

    Raises:
        InvalidFlags, InvalidEnvironment: if a file can't be read, or half of a client's pair is missing.
    """
    texts = {
        "KITSERVE_CA_CERTIFICATES": settings.kitserve_ca_certificates,
        "KITSERVE_CA_BUNDLE": settings.kitserve_ca_bundle,
    }
    given = [Authorities(name, pem, InvalidEnvironment) for name, pem in texts.items() if pem]
    files = [
        Authorities(f"--tls-cert {name}", _text("--tls-cert", name, InvalidFlags), InvalidFlags)
        for name in flags.tls_certs
    ]
    bundle = _kserve_bundle(settings.ca_bundle_volume_mount_point)
    return Identity((*given, *bundle, *files), _client(settings, flags))


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


def memory_file(text: str) -> int:
    """Return the descriptor of a file that lies in no folder."""
    file = os.memfd_create("kitserve")
    with os.fdopen(os.dup(file), "w", encoding="utf-8") as stream:
        stream.write(text)
    return file


def path(file: int) -> str:
    """Return the path of an open file, for this process and for children that inherit it."""
    return f"/proc/self/fd/{file}"


def bundle(told: Identity) -> str:
    """Return the system's file of authorities and all of these, for another program."""
    system = ssl.get_default_verify_paths().cafile
    texts = [_text("SSL_CERT_FILE", system, InvalidEnvironment)] if system else []
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
        # Given a password, OpenSSL asks nobody for one.
        made.load_cert_chain(path(file), password="")
    except ssl.SSLError as error:
        fault = "don't belong together" if error.reason == "KEY_VALUES_MISMATCH" else "can't be read"
        raise client.failure(f"the certificate and the key of {client.place} {fault}", _PEM_HINT) from error
    finally:
        os.close(file)


def _client(settings: Environment, flags: UnpackFlags) -> Client | None:
    """Return the pair that files hold, else the one that variables hold; as in kit, variables win over flags."""
    failure: type[Failure]
    if settings.kitops_client_cert or settings.kitops_client_key:
        place, failure = "KITOPS_CLIENT_CERT and KITOPS_CLIENT_KEY", InvalidEnvironment
    else:
        place, failure = "--cert and --key", InvalidFlags
    certificate, key = settings.kitops_client_cert or flags.cert, settings.kitops_client_key or flags.key
    if bool(certificate) != bool(key):
        raise failure(f"{place} must be given together")
    if certificate:
        return Client(place, _text(place, certificate, failure), Secret(_text(place, key, failure)), failure)
    if not settings.kitserve_client_certificate:
        return None
    place = "KITSERVE_CLIENT_CERTIFICATE and KITSERVE_CLIENT_KEY"
    return Client(
        place, settings.kitserve_client_certificate, settings.kitserve_client_key, InvalidEnvironment
    )


def _kserve_bundle(folder: str) -> list[Authorities]:
    """Read KServe's bundle. One that isn't there is of no matter to a registry that is trusted anyway."""
    if not folder:
        return []
    name, file = "CA_BUNDLE_VOLUME_MOUNT_POINT", Path(folder) / _KSERVE_BUNDLE
    if not file.is_file():
        LOG.warning("%s is %s, and there is no %s in it", name, folder, _KSERVE_BUNDLE)
        return []
    return [Authorities(f"{name}'s {file}", _text(name, str(file), InvalidEnvironment), InvalidEnvironment)]


def _text(place: str, name: str, failure: type[Failure]) -> str:
    try:
        return Path(name).read_text("utf-8", "replace")
    except OSError as error:
        raise failure(f"{place}: {name} can't be read ({error.strerror})") from error
