"""Proxies: which one HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or `--proxy`, ask for, and what its URL says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.http.no_proxy import ascii_name, is_direct
from kitserve_initializer.http.url import origin

if TYPE_CHECKING:
    from kitserve_initializer.secret import Secret

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_LAST_PORT = 65535
_SOCKS_BYTES = 255
"""Most bytes of a user, and of a password (RFC 1929)."""
_PROXY = (
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://|(?![a-z][a-z0-9+.-]*:/))(?:(?P<login>[^/?#]*)@)?"
    r"(?:\[(?P<ipv6>[0-9a-f]*:[0-9a-f:.]+(?:%[a-z0-9._~-]+)?)\]|(?P<name>[^\x00-\x20\x7f/?#@:%\\\[\]]+))"
    r"(?::(?P<port>[0-9]{0,5}))?(?:[/?#].*)?"
)

Login = tuple[bytes, bytes]
"""User and password."""


@dataclass(frozen=True)
class Proxy:
    """A proxy; `host` is a name, or an address without brackets."""

    scheme: str
    host: str
    port: int
    login: Login | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Proxies:
    """Proxies' URLs, which may hold a password, and the hosts that are reached without (`no`).

    `fixed` ones are of `--proxy`: every host is reached through them, this machine too.
    """

    https: Secret
    http: Secret
    no: str = ""
    fixed: bool = False

    def of(self, url: str) -> str:
        """Return the URL of the proxy for `url`, empty for none.

        Raises:
            ValueError: if `url` is none of http or https.
        """
        there = origin(url)
        proxy = self.https if there.scheme == "https" else self.http
        if proxy and (self.fixed or not is_direct(self.no, there.host, there.port)):
            return proxy.reveal()
        return ""

    def named(self) -> dict[str, str]:
        """Return each proxy's URL with what errors call its place."""
        names = ("--proxy", "--proxy") if self.fixed else ("HTTPS_PROXY", "HTTP_PROXY")
        return {
            each.reveal(): name for each, name in zip((self.https, self.http), names, strict=True) if each
        }


def parse(text: str, name: str) -> Proxy:
    """Return what a proxy's URL says; without a scheme it is one of http.

    Raises:
        InvalidEnvironment: if it is none; `name` is what the error calls it.
    """
    # Compiled here, because few have a proxy.
    found = re.fullmatch(_PROXY, text.strip(), re.DOTALL | re.IGNORECASE)
    scheme = ((found and found["scheme"]) or "http").lower()
    port = int((found and found["port"]) or _PORTS.get(scheme, 0))
    if not found or scheme not in _PORTS or not 0 < port <= _LAST_PORT:
        raise InvalidEnvironment(
            f"{name} isn't the URL of an http, https or socks5 proxy",
            "write it as http://proxy.example.com:3128, an IPv6 address in brackets, and percent-encode special "
            "characters in a user and password",
        )
    login = None if found["login"] is None else _login(found["login"])
    if login and scheme.startswith("socks") and max(map(len, login)) > _SOCKS_BYTES:
        raise InvalidEnvironment(f"{name} has a user or a password of more than {_SOCKS_BYTES} bytes")
    host = (found["ipv6"] or "").replace("%25", "%", 1) or ascii_name(found["name"])
    return Proxy(scheme, host, port, login)


def _login(text: str) -> Login:
    # Variables and arguments come as UTF-8 whose undecodable bytes are surrogates.
    user, _, password = text.encode("utf-8", "surrogateescape").partition(b":")
    return unquote_to_bytes(user), unquote_to_bytes(password)
