"""HTTP proxies: the pools of connections that HTTPS_PROXY, HTTP_PROXY and NO_PROXY ask for."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import urllib3

from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.http.connection import guard

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from kitserve_initializer.http.connection import Barred
    from kitserve_initializer.secret import Secret


@dataclass(frozen=True)
class Proxies:
    """Proxies' URLs, which may hold a password, and the hosts that are reached without (NO_PROXY's grammar).

    NO_PROXY is a list with commas: `*`, a domain (its subdomains too, with or without a leading dot), an address or a
    CIDR block, each with a port if it is for that port only. `origin` is what errors call the URLs' place, if it isn't
    the variables of these names.
    """

    https: Secret
    http: Secret
    no: str = ""
    origin: str = ""

    def of(self, url: str) -> str:
        """Return the URL of the proxy for `url`, empty for none."""
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)
        if any(_covers(rule.strip().lower(), host, port) for rule in self.no.split(",")):
            return ""
        return (self.https if parts.scheme == "https" else self.http).reveal()


def pools(
    proxies: Proxies,
    barred: Barred,
    *,
    proxy_context: ssl.SSLContext,
    **options: Any,  # noqa: ANN401 - PoolManager's own
) -> urllib3.PoolManager:
    """Return a pool that takes the right proxy for each URL, and connects to no address whose scope is barred.

    TLS with proxies has a context of its own: they are no registry, and get no client certificate.
    """
    routes: dict[str, _Direct | _Via] = {"": _Direct(**options)}
    for name, secret in (("HTTPS_PROXY", proxies.https), ("HTTP_PROXY", proxies.http)):
        if secret:
            given = {**options, "proxy_ssl_context": proxy_context}
            routes[secret.reveal()] = _via(proxies.origin or name, secret.reveal(), given)
    for route in routes.values():
        route.choose = lambda url: routes[proxies.of(url)]
        route.barred = barred
    return routes[""]


class _Direct(urllib3.PoolManager):
    """A pool that hands each request to the one of its proxy; itself it needs none."""

    choose: Callable[[str], urllib3.PoolManager]
    barred: Barred

    def _new_pool(self, *arguments: Any, **keywords: Any) -> urllib3.HTTPConnectionPool:  # noqa: ANN401 - urllib3's
        return guard(super()._new_pool(*arguments, **keywords), self.barred)

    def urlopen(  # type: ignore[override]
        self,
        method: str,
        url: str,
        redirect: bool = True,
        **keywords: Any,  # noqa: ANN401
    ) -> urllib3.BaseHTTPResponse:
        route = self.choose(url)
        if route is not self:
            return route.urlopen(method, url, redirect, **keywords)
        return super().urlopen(method, url, redirect, **keywords)


class _Via(_Direct, urllib3.ProxyManager):
    """The same through one proxy."""


def _via(name: str, proxy: str, options: Mapping[str, Any]) -> _Via:
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        address = (
            f"{parts.scheme}://{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
        )
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidEnvironment(f"{name} isn't the URL of an http or https proxy")
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
    headers = urllib3.make_headers(proxy_basic_auth=login) if login else {}
    return _Via(address, proxy_headers=headers, **options)


def _covers(rule: str, host: str, port: int) -> bool:
    if rule == "*":
        return True
    name, colon, only = rule.rpartition(":")
    if colon and only.isdecimal() and not name.endswith(":") and (":" not in name or name.endswith("]")):
        if int(only) != port:
            return False
        rule = name
    rule = rule.strip("[]")
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(rule, strict=False)
    except ValueError:
        bare = rule.lstrip("*").lstrip(".")
        return bool(bare) and (host == bare or host.endswith(f".{bare}"))
