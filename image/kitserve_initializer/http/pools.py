"""Pools of connections: each request takes the way that the proxies ask for, and its URL goes out as it is written."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import urllib3

from kitserve_initializer.http.proxy import parse
from kitserve_initializer.http.url import authority, origin, target
from kitserve_initializer.wire.connection import guard

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from kitserve_initializer.http.proxy import Proxies, Proxy
    from kitserve_initializer.wire.connection import Barred


def pools(
    proxies: Proxies,
    barred: Barred,
    *,
    proxy_context: ssl.SSLContext,
    **options: Any,  # noqa: ANN401 - PoolManager's own
) -> urllib3.PoolManager:
    """Return a pool that takes the right proxy for each URL, and connects to no address whose scope is barred.

    TLS with proxies has a context of its own: they are no registry, and get no client certificate.

    Raises:
        InvalidEnvironment: for what is no proxy's URL.
    """
    routes: dict[str, _Direct] = {"": _Direct(**options)}
    for text, name in proxies.named().items():
        routes[text] = _via(parse(text, name), proxy_context, options)
    for route in routes.values():
        route.choose = lambda url: routes[proxies.of(url)]
        route.barred = barred
        route.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
    return routes[""]


class _HttpPool(urllib3.HTTPConnectionPool):
    """A pool that sends `target` in a request's first line; urllib3 normalizes the URL that it is given."""

    def _make_request(  # type: ignore[override]
        self,
        conn: Any,  # noqa: ANN401 - urllib3's
        method: str,
        url: str,  # noqa: ARG002
        *,
        target: str,
        **keywords: Any,  # noqa: ANN401
    ) -> urllib3.BaseHTTPResponse:
        return super()._make_request(conn, method, target, **keywords)


class _HttpsPool(_HttpPool, urllib3.HTTPSConnectionPool):
    """The same with TLS."""


class _Direct(urllib3.PoolManager):
    """A pool that hands each request to the one of its proxy; itself it needs none. It follows no redirect."""

    choose: Callable[[str], _Direct]
    barred: Barred

    def _new_pool(self, *arguments: Any, **keywords: Any) -> urllib3.HTTPConnectionPool:  # noqa: ANN401 - urllib3's
        return guard(super()._new_pool(*arguments, **keywords), self.barred)

    def urlopen(  # type: ignore[override]
        self,
        method: str,
        url: str,
        redirect: bool = True,  # noqa: ARG002
        *,
        headers: Mapping[str, str] | None = None,
        **keywords: Any,  # noqa: ANN401
    ) -> urllib3.BaseHTTPResponse:
        host = {"Host": authority(url), **(self.headers if headers is None else headers)}
        return self.choose(url).send(method, url, headers=host, **keywords)

    def send(self, method: str, url: str, **keywords: Any) -> urllib3.BaseHTTPResponse:  # noqa: ANN401
        """Send a request by this way."""
        there = origin(url)
        place = f"{there.scheme}://{there.label}/"
        return super().urlopen(method, place, redirect=False, target=self.told(url), **keywords)

    def told(self, url: str) -> str:
        """Return what the first line says of a URL."""
        return target(url)


class _Via(_Direct, urllib3.ProxyManager):
    """The same through one proxy, which is told the whole URL where it doesn't tunnel."""

    def told(self, url: str) -> str:
        """Return what the first line says of a URL (RFC 9112, 3.2.2)."""
        return target(url) if origin(url).scheme == "https" else f"http://{authority(url)}{target(url)}"


class _Socks(_Direct):
    """The same through one SOCKS proxy."""

    def __init__(self, proxy: Proxy, **options: Any) -> None:  # noqa: ANN401 - PoolManager's own
        super().__init__(**options)
        self._proxy = proxy

    def _new_pool(self, *arguments: Any, **keywords: Any) -> urllib3.HTTPConnectionPool:  # noqa: ANN401 - urllib3's
        from kitserve_initializer.http.socks import lead  # noqa: PLC0415 - few have such a proxy

        return lead(super()._new_pool(*arguments, **keywords), self._proxy, self.barred)


def _via(proxy: Proxy, context: ssl.SSLContext, options: Mapping[str, Any]) -> _Direct:
    if proxy.scheme.startswith("socks"):
        return _Socks(proxy, **options)
    host = f"[{proxy.host.replace('%', '%25')}]" if ":" in proxy.host else proxy.host
    basic = {} if proxy.login is None else {"Proxy-Authorization": _basic(*proxy.login)}
    address = f"{proxy.scheme}://{host}:{proxy.port}"
    return _Via(address, proxy_headers=basic, proxy_ssl_context=context, **options)


def _basic(user: bytes, password: bytes) -> str:
    return "Basic " + base64.b64encode(user + b":" + password).decode()
