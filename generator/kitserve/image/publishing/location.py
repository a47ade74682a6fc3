"""Where a registry says that an upload goes: a path, or an address that may be another host's."""

from dataclasses import dataclass

from kitserve_initializer.errors import RegistryError
from kitserve_initializer.http.answer import Answer
from kitserve_initializer.http.url import Origin, authority, clean, origin, resolved, target
from kitserve_initializer.wire.connection import Barred

_HINT = "let the registry know its own address, as by X-Forwarded-Proto or `http.relativeurls` (distribution)"


@dataclass(frozen=True)
class Location:
    """A URL as the registry wrote it; `barred` are addresses that it must not lead to if it isn't the registry's."""

    url: str
    is_registry: bool
    barred: Barred = frozenset()


def location(answer: Answer, url: str) -> Location:
    """Read the header Location of the answer to an upload that began at `url`.

    Behind a proxy that ends TLS, registries name themselves with http: they are asked as before
    (podman-container-tools/buildah#4788).

    Raises:
        RegistryError: if there is none, it is no URL, or leads from https to http.
    """
    asked, here = origin(url), answer.hop.here
    base = url if here == asked else f"{here.scheme}://{here.label}{target(url)}"
    told = answer.one("Location")
    try:
        there = resolved(base, told) if told else ""
        found = origin(there)
    except ValueError as error:
        raise RegistryError(f"{answer.hop.who} doesn't say where an upload goes", _HINT) from error
    if here.scheme == "https" and found.scheme == "http":
        there, found = _secured(there, found, base, answer), here
    if found == asked:
        return Location(there, is_registry=True)
    return Location(there, is_registry=False, barred=answer.elsewhere)


def _secured(there: str, found: Origin, base: str, answer: Answer) -> str:
    if found.host != origin(base).host:
        raise RegistryError(f"{answer.hop.who} wants uploads without TLS, which is refused", _HINT)
    return clean(f"https://{authority(base)}{target(there)}")
