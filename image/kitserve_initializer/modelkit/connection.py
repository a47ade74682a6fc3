"""The way to registries that a run's settings describe, and the resolver of references on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.credentials.chain import chain
from kitserve_initializer.http import tls
from kitserve_initializer.http.proxy import Proxies
from kitserve_initializer.http.transport import Transport
from kitserve_initializer.modelkit.resolver import Resolver
from kitserve_initializer.registry.client import registry_url
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.config.options import Options
    from kitserve_initializer.modelkit.resolver import Judge
    from kitserve_initializer.oci.reference import Reference


def connect(settings: Environment, options: Options, sources: Iterable[Reference]) -> Transport:
    """Return the transport. Registries that the arguments name see the client certificate; no ModelKit adds one."""
    verify, told = options.tls_verify, options.identity
    urls = [registry_url(source, plain_http=options.plain_http) for source in sources]
    return Transport(
        tls.context(verify=verify, told=told._replace(client=None)),
        _proxies(settings, options),
        shares=options.shares,
        client=tls.client(verify=verify, told=told, urls=urls),
        first_byte=options.first_byte_seconds,
    )


def _proxies(settings: Environment, options: Options) -> Proxies:
    """Return the proxies. As in kit, --proxy is for every connection and wins over the variables."""
    if options.proxy:
        return Proxies(Secret(options.proxy), Secret(options.proxy), fixed=True)
    return Proxies(settings.https_proxy, settings.http_proxy, settings.no_proxy)


def resolver_of(
    top: Reference,
    settings: Environment,
    transport: Transport,
    verifier: Judge | None,
    *,
    plain_http: bool,
) -> Resolver:
    """Return the resolver of the ModelKit `top` and of those that it builds on."""
    keychain = chain(settings, top, transport, plain_http=plain_http)
    return Resolver(keychain, transport, plain_http=plain_http, verifier=verifier)
