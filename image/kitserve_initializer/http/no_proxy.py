"""NO_PROXY, as Go reads it (golang.org/x/net/http/httpproxy), and so kit.

A list with commas of `*`; a domain with its subdomains (`example.com`) or its subdomains alone (`.example.com`,
`*.example.com`); an address; a CIDR block. A domain and an address may have a port. Anything else covers nothing.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_HOST_AND_PORT = re.compile(r"(?:\[(?P<bracketed>[^\[\]]*)\]|(?P<host>[^:\[\]]*)):(?P<port>[^:\[\]]*)")
_CIDR = re.compile(r"[0-9a-f.:]+/[0-9]{1,3}")
_LABELS = re.compile(r"[.\u3002]")
_MAPPED_BITS = 96
"""Of an IPv6 address, before the IPv4 address that it maps."""

Address = IPv4Address | IPv6Address


def is_direct(rules: str, host: str, port: int) -> bool:
    """Return whether a host, as a URL has it, is reached without a proxy: this machine always is."""
    address = _address(host)
    if host == "localhost" or (address and address.is_loopback):
        return True
    return any(_covers(rule.strip().lower(), host, address, str(port)) for rule in rules.split(","))


def ascii_name(name: str) -> str:
    """Return a host's name as DNS has it: labels of other alphabets in Punycode (RFC 5891, without its checks)."""
    return name if name.isascii() else ".".join(map(_ascii_label, _LABELS.split(name)))


def _covers(rule: str, host: str, address: Address | None, port: str) -> bool:
    if rule == "*":
        return True
    if network := _network(rule):
        return address is not None and address in network
    name, only = _split(rule)
    if only not in ("", port):
        return False
    if covered := _address(name):
        return address is not None and covered in (address, _without_zone(address))
    return address is None and _covers_name(name, host)


def _covers_name(name: str, host: str) -> bool:
    name = ascii_name(name.removeprefix("*") if name.startswith("*.") else name)
    return bool(name) and (host == name or host.endswith(name if name.startswith(".") else f".{name}"))


def _split(rule: str) -> tuple[str, str]:
    """Return a rule's host and port, which is empty for any."""
    found = _HOST_AND_PORT.fullmatch(rule)
    return (found["bracketed"] or found["host"] or "", found["port"]) if found else (rule, "")


def _network(rule: str) -> IPv4Network | IPv6Network | None:
    try:
        found = ip_network(rule, strict=False) if _CIDR.fullmatch(rule) else None
    except ValueError:
        return None
    if isinstance(found, IPv6Network) and found.prefixlen >= _MAPPED_BITS:
        mapped = found.network_address.ipv4_mapped
        return IPv4Network((mapped, found.prefixlen - _MAPPED_BITS)) if mapped else found
    return found


def _address(text: str) -> Address | None:
    """Return an address, the IPv4 one if it is mapped; None for what is none. A URL writes a zone's `%` as `%25`."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        found = ip_address(bare.replace("%25", "%", 1))
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _without_zone(address: Address) -> Address:
    return IPv6Address(int(address)) if isinstance(address, IPv6Address) else address


def _ascii_label(label: str) -> str:
    known = unicodedata.normalize("NFKC", label.lower())
    return known if known.isascii() else f"xn--{known.encode('punycode').decode()}"
