"""The initializer's identity in TLS, and the authorities that it trusts, from variables, flags and KServe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kitserve_initializer.errors import Failure
    from kitserve_initializer.secret import Secret


class Authorities(NamedTuple):
    """Certificates in PEM form from `place`, and the kind of error if they are none."""

    place: str
    pem: str
    failure: type[Failure]


class Client(NamedTuple):
    """The client certificate with its intermediates, and its key, both in PEM form."""

    place: str
    certificate: str
    key: Secret
    failure: type[Failure]


class Identity(NamedTuple):
    """Authorities to trust in addition to the system's, and the client certificate."""

    authorities: tuple[Authorities, ...] = ()
    client: Client | None = None


def read_pem(place: str, name: str, failure: type[Failure]) -> str:
    """Read a file that `place` names.

    Raises:
        failure: if it can't be read.
    """
    try:
        return Path(name).read_text("utf-8", "replace")
    except OSError as error:
        raise failure(f"{place}: {name} can't be read ({error.strerror})") from error
