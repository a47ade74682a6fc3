"""The TLS identity from variables, flags and the files that they name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kitserve_initializer.config.identity import Authorities, Client, Identity, read_pem
from kitserve_initializer.errors import InvalidEnvironment, InvalidFlags
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.config.options import Options
    from kitserve_initializer.errors import Failure

_KSERVE_BUNDLE = "cabundle.crt"
"""The key of KServe's ConfigMap, in the folder that CA_BUNDLE_VOLUME_MOUNT_POINT names."""


def gather(settings: Environment, options: Options) -> Identity:
    """Return the identity from variables, flags and KServe.

    Raises:
        InvalidFlags, InvalidEnvironment: if a file can't be read, or half of a client's pair is missing.
    """
    texts = {
        "KITSERVE_CA_CERTIFICATES": settings.kitserve_ca_certificates,
        "KITSERVE_CA_BUNDLE": settings.kitserve_ca_bundle,
    }
    given = [Authorities(name, pem, InvalidEnvironment) for name, pem in texts.items() if pem]
    files = [
        Authorities(f"--tls-cert {name}", read_pem("--tls-cert", name, InvalidFlags), InvalidFlags)
        for name in options.tls_certs
    ]
    bundle = _kserve_bundle(settings.ca_bundle_volume_mount_point)
    return Identity((*given, *bundle, *files), _client(settings, options))


def _client(settings: Environment, options: Options) -> Client | None:
    """Return the pair from files, else from variables; as in kit, variables win over options."""
    failure: type[Failure]
    if settings.kitops_client_cert or settings.kitops_client_key:
        place, failure = "KITOPS_CLIENT_CERT and KITOPS_CLIENT_KEY", InvalidEnvironment
    else:
        place, failure = "--cert and --key", InvalidFlags
    certificate, key = settings.kitops_client_cert or options.cert, settings.kitops_client_key or options.key
    if bool(certificate) != bool(key):
        raise failure(f"{place} must be given together")
    if certificate:
        return Client(
            place, read_pem(place, certificate, failure), Secret(read_pem(place, key, failure)), failure
        )
    if not settings.kitserve_client_certificate:
        return None
    place = "KITSERVE_CLIENT_CERTIFICATE and KITSERVE_CLIENT_KEY"
    return Client(
        place, settings.kitserve_client_certificate, settings.kitserve_client_key, InvalidEnvironment
    )


def _kserve_bundle(folder: str) -> list[Authorities]:
    """Return KServe's bundle, with a warning if it is missing: the registry may be trusted without it."""
    if not folder:
        return []
    name, file = "CA_BUNDLE_VOLUME_MOUNT_POINT", Path(folder) / _KSERVE_BUNDLE
    if not file.is_file():
        say(events.CA_BUNDLE_ABSENT, variable=name, place=folder, file=_KSERVE_BUNDLE)
        return []
    return [
        Authorities(f"{name}'s {file}", read_pem(name, str(file), InvalidEnvironment), InvalidEnvironment)
    ]
