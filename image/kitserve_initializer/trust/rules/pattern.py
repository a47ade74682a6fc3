"""Patterns of references: REGISTRY/REPOSITORY, with `*` for what is no slash and `**` for any number of parts.

Both sides are compared in one spelling, so that nobody leaves a rule by writing a registry's name in another way.
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from kitserve_initializer.trust.rules.policy import PolicyError

if TYPE_CHECKING:
    from kitserve_initializer.oci.reference import Reference

_DOCKER_HUB = ("index.docker.io", "registry-1.docker.io", "registry.hub.docker.com")
_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(?P<port>[0-9]{1,5}|\*))?")
_PART = re.compile(r"[a-z0-9._*-]+")
_ANY_PARTS = "**"
_ANY_PORT = ":*"
"""Also none: that is the scheme's."""


def normal(reference: Reference, *, plain_http: bool) -> str:
    """Return /REGISTRY/REPOSITORY in the one spelling."""
    return f"/{_registry(reference.registry, plain_http=plain_http)}/{reference.repository}"


def compiled(pattern: str, *, plain_http: bool) -> re.Pattern[str]:
    """Return the expression that the whole of what `normal` returns has to fit.

    Raises:
        PolicyError: saying what is wrong with the pattern.
    """
    registry, *parts = pattern.split("/")
    if registry != _ANY_PARTS:
        _check_registry(registry)
        registry = _registry(registry, plain_http=plain_http)
        if not parts:
            raise PolicyError("names no repository: write REGISTRY/** for all of a registry")
    for part in parts:
        _check_part(part)
    return re.compile(_named(_expression(registry)) + "".join(map(_expression, parts)))


def _named(registry: str) -> str:
    """Return a registry's expression; one that fits a name of Docker Hub's is for all of them."""
    hub = any(re.fullmatch(registry, f"/{name}") for name in _DOCKER_HUB)
    return f"(?:{registry}|/docker\\.io)" if hub else registry


def _expression(part: str) -> str:
    if part == _ANY_PARTS:
        return "(?:/[^/]+)*"
    name, port = (part.removesuffix(_ANY_PORT), "(?::[0-9]+)?") if part.endswith(_ANY_PORT) else (part, "")
    return "/" + re.escape(name).replace(r"\*", "[^/]*") + port


def _check_registry(text: str) -> None:
    if not _HOST.fullmatch(text) or not re.fullmatch(r"[A-Za-z0-9._*:\[\]-]+", text):
        raise PolicyError("doesn't begin with a registry's host[:port]")
    if _ANY_PARTS in text:
        raise PolicyError("has ** within a part")
    if not set(".:*") & set(text):
        raise PolicyError("begins with a name that is no registry: one has a dot or a port")


def _check_part(text: str) -> None:
    if "@" in text or ":" in text:
        raise PolicyError("has a tag or a digest: a rule is for a repository")
    if not _PART.fullmatch(text):
        raise PolicyError("has what no repository's name has: a-z, 0-9, and . _ - between slashes")
    if _ANY_PARTS in text and text != _ANY_PARTS:
        raise PolicyError("has ** within a part")


def _registry(text: str, *, plain_http: bool) -> str:
    match = _HOST.fullmatch(text)
    if not match:
        return text.lower()
    host = _host(match["host"].lower())
    if match["port"] == "*":
        return host + _ANY_PORT
    port = int(match["port"] or 0)
    return host if port in (0, 80 if plain_http else 443) else f"{host}:{port}"


def _host(text: str) -> str:
    """Return a host without what doesn't tell it from others: a dot at its end, the ways to write an address."""
    if text.startswith("["):
        return _address(text)
    name = text.rstrip(".")
    if name in _DOCKER_HUB:
        return "docker.io"
    try:
        # As the resolver reads it: 127.1, 0x7f000001 and 2130706433 are 127.0.0.1.
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError:
        return name


def _address(text: str) -> str:
    try:
        address = IPv6Address(text[1:-1])
    except ValueError:
        return text
    return str(address.ipv4_mapped) if address.ipv4_mapped else f"[{address.compressed}]"
