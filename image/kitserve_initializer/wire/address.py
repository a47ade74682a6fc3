"""Addresses that mean another machine to everybody who uses them: loopback and link-local ones, in any spelling."""

from __future__ import annotations

import socket
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_NAMES = ("localhost", "localhost.localdomain", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback")

_THIS_NETWORK = ip_network("0.0.0.0/8")
"""A connection to 0.0.0.0 ends at this machine."""

_METADATA = tuple(
    map(
        ip_network,
        ("fd00:ec2::/32", "fd20:ce::/32", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32"),
    )
)
"""Where Amazon, Google, Alibaba, Azure and Oracle have what others have at 169.254.169.254."""

_EMBEDDING = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96")))
"""Networks whose last 32 bits are an IPv4 address: NAT64 (RFC 6052, RFC 8215), SIIT, IPv4-compatible."""


class Scope(Enum):
    """How far an address reaches, if it is no further than a link."""

    LOOPBACK = "loopback"
    LINK_LOCAL = "link-local"


def scope_of_host(host: str) -> Scope | None:
    """Return the scope that a URL's host shows by itself, as an address or as a name for this machine."""
    bare = host.strip("[]").partition("%")[0].rstrip(".").lower()
    if bare in _NAMES or bare.endswith(".localhost"):
        return Scope.LOOPBACK
    return scope_of_address(bare)


def scope_of_address(text: str) -> Scope | None:
    """Return the scope of an address; None for what is no address, and for one that reaches further."""
    address = _address(text.partition("%")[0])
    if address is None:
        return None
    inner = _embedded(address) or address
    if inner.is_loopback or inner.is_unspecified or inner in _THIS_NETWORK:
        return Scope.LOOPBACK
    if inner.is_link_local or any(inner in network for network in _METADATA):
        return Scope.LINK_LOCAL
    return None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        pass
    try:
        # 127.1, 0x7f000001, 2130706433 and 0177.0.0.1, as getaddrinfo reads them.
        return IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError):
        return None


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address) or address.is_loopback or address.is_unspecified:
        return None
    if found := address.ipv4_mapped or address.sixtofour:
        return found
    if any(address in network for network in _EMBEDDING):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
