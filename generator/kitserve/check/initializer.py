"""What the initializer says of logins, references, variables, certificates and exit codes: its own parsers judge.

No other module imports the initializer, and this one only when there is something to judge: a start costs nothing.
What it imports there imports on every system.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

MESSAGE = "this may hold a login, which everybody would read"
HINT = "keep user and password in a Secret; in a reference an @ is followed by a digest"
SCHEME = "kit://"
_KEPT = 4096
"""Verdicts that are kept: services of one file have the same annotations, and several rules ask for a reference."""


class Fault(NamedTuple):
    """Why the initializer would end before it asks a registry, and what to do about it: one sentence each.

    The hint is empty where it would only say that a variable is to be corrected.
    """

    message: str
    hint: str


def has_login(uri: str) -> bool:
    """Return whether a model's URI may hold a login."""
    if uri.isascii() and "@" not in uri and "%40" not in uri:
        return False
    from kitserve_initializer import login

    return login.is_in_uri(uri)


@lru_cache(_KEPT)
def reference_fault(uri: str) -> Fault | None:
    """Return what is wrong with a reference of a ModelKit, with or without kit://; None if nothing is."""
    from kitserve_initializer.oci import reference

    return _fault(lambda: reference.parse(uri))


@lru_cache(_KEPT)
def variable_fault(name: str, text: str, beside: frozenset[str] = frozenset()) -> Fault | None:
    """Return what is wrong with a variable of the initializer; `beside` has the names of the others."""
    from kitserve_initializer.config import environment

    pairs = (pair for pair in environment.PAIRS if name in pair)
    others = dict.fromkeys((other for pair in pairs for other in pair if other in beside), "given")
    return _fault(lambda: _load({**others, name: text}))


def _load(variables: Mapping[str, str]) -> None:
    """Read variables as the initializer does, up to its proxies."""
    from kitserve_initializer.config import environment, load
    from kitserve_initializer.http import proxy

    settings = environment.load(variables)
    options = load.load(settings)
    proxies = {"HTTPS_PROXY": settings.https_proxy.reveal(), "HTTP_PROXY": settings.http_proxy.reveal()}
    for name, url in {**proxies, "--proxy": options.proxy}.items():
        if url:
            proxy.parse(url, name)


def policy_fault(text: str) -> Fault | None:
    """Return what is wrong with the document of a policy on signatures; its keys and its root aren't read."""
    from kitserve_initializer.trust.rules import policy_document

    return _fault(lambda: policy_document.read(text))


def certificates_fault(place: str, pem: str) -> Fault | None:
    """Return why the initializer can't trust the certificates that a place holds."""
    import ssl

    from kitserve_initializer.config import certificates
    from kitserve_initializer.config.identity import Authorities
    from kitserve_initializer.errors import InvalidEnvironment

    authorities = Authorities(place, pem, InvalidEnvironment)
    return _fault(lambda: certificates.trust(authorities, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)))


def client_fault(place: str, certificate: str, key: str) -> Fault | None:
    """Return why the initializer can't show a client certificate; None on Windows, where nobody can tell."""
    import ssl

    from kitserve_initializer.config import certificates
    from kitserve_initializer.config.identity import Client
    from kitserve_initializer.errors import InvalidEnvironment
    from kitserve_initializer.secret import Secret

    client = Client(place, certificate, Secret(key), InvalidEnvironment)
    try:
        return _fault(lambda: certificates.introduce(client, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)))
    except OSError:
        return None


def exit_codes() -> list[tuple[int, str, str, str]]:
    """Return the initializer's exit codes, each with its name, its meaning and what to do."""
    from kitserve_initializer.errors import exit_codes as known

    return list(known())


def _fault(judge: Callable[[], object]) -> Fault | None:
    from kitserve_initializer.errors import Failure, InvalidEnvironment
    from kitserve_initializer.printable import printable

    try:
        judge()
    except Failure as failure:
        is_vague = failure.hint == InvalidEnvironment.hint
        return Fault(printable(failure.cause), "" if is_vague else printable(failure.hint))
    return None
