"""HTTP to a registry and its token server: pools of connections, and the one place that follows redirects."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import InsecureRequestWarning

from kitserve_initializer.concurrency.shares import ALONE
from kitserve_initializer.config.options import FIRST_BYTE_SECONDS
from kitserve_initializer.errors import RegistryError
from kitserve_initializer.http.answer import Answer, Hop
from kitserve_initializer.http.exchange import Exchange
from kitserve_initializer.http.failures import proxy_refusal, told
from kitserve_initializer.http.hosts import Hosts
from kitserve_initializer.http.pools import pools
from kitserve_initializer.http.url import origin, resolved
from kitserve_initializer.version import VERSION
from kitserve_initializer.wire.address import Scope, scope_of_address, scope_of_host
from kitserve_initializer.wire.connection import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitserve_initializer.concurrency.shares import Shares
    from kitserve_initializer.http.proxy import Proxies
    from kitserve_initializer.http.url import Origin
    from kitserve_initializer.wire.connection import Barred

_CONNECT_SECONDS = 15
_REDIRECTS = 10
"""As many as Go's client follows."""

_SAFE = ("GET", "HEAD")
_SAME_METHOD = (307, 308)

_ANYWHERE: Barred = frozenset()
_BY_REDIRECT: Barred = frozenset({Scope.LINK_LOCAL})
"""Where no redirect leads, whoever makes it. Storage on loopback exists, beside a registry that a pod brings along."""


@dataclass(frozen=True)
class ClientTls:
    """The context with the client certificate, and the origins that it is shown to."""

    context: ssl.SSLContext
    origins: frozenset[Origin]


class Request(NamedTuple):
    """What is sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None
    first_byte: float = 0
    """Seconds that its answer may take to begin; 0: the transport's own."""


class Transport:
    """Pools of connections.

    An Authorization header goes to the origin (scheme, host and port) of the URL that it was given for, and no further
    once a redirect has left that; https never becomes http.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        proxies: Proxies,
        *,
        shares: Shares = ALONE,
        client: ClientTls | None = None,
        first_byte: float = FIRST_BYTE_SECONDS,
    ) -> None:
        self.hosts = Hosts()
        self.slots = threading.Semaphore(shares.ranges)
        """For ranges of blobs that are fetched or wait for their turn, over all blobs: each may take a connection."""
        if context.verify_mode is ssl.CERT_NONE:
            urllib3.disable_warnings(InsecureRequestWarning)
        self._context = context
        self._client = client
        self._proxies = proxies
        self._first_byte = first_byte
        self.cores = shares.cores
        self._connections = shares.layers + shares.ranges
        self._agent = {"User-Agent": f"kitserve-initializer/{VERSION}"}
        self._lock = threading.Lock()
        self._pools: dict[tuple[ssl.SSLContext, Barred], urllib3.PoolManager] = {}
        self.pool = self._pool(context, _ANYWHERE)

    def get(
        self,
        url: str,
        headers: Mapping[str, str],
        guests: Mapping[Origin, str] | None = None,
        barred: Barred = _ANYWHERE,
        first_byte: float = 0,
    ) -> Answer:
        """Send a GET, and follow redirects.

        `guests` are the Authorization headers for other origins, where redirects lead there. `barred` are addresses
        that neither the URL nor a redirect may have. `first_byte` is as in a Request.

        Raises:
            RegistryUnreachable: if there is no connection, or it breaks or stalls.
            UntrustedRegistry: if TLS fails.
            RegistryError: if redirects lead from https to http, to a barred address, to no URL, or don't end.
        """
        return self.follow(Request("GET", url, headers, None, first_byte), guests, barred)

    def follow(
        self, request: Request, guests: Mapping[Origin, str] | None = None, barred: Barred = _ANYWHERE
    ) -> Answer:
        """Send a request, and follow redirects; `guests` and `barred` are as for `get`.

        Raises:
            RegistryUnreachable, UntrustedRegistry: as `get`.
            RegistryError: as `get`, or if what is sent would become a GET (RFC 9110, 15.4).
        """
        asked = _origin(request.url)
        sent = request._replace(headers={**self._agent, **request.headers})
        answer = self._open(sent, Hop(asked, asked), barred)
        for _ in range(_REDIRECTS):
            if not answer.location:
                return answer
            at = _following(answer, sent)
            answer.drain()
            hop = answer.hop._replace(here=origin(at))
            headers = sent.headers
            if answer.redirected or hop.here != asked:
                headers = _without_authorization(headers) | _authorization(guests, hop.here)
            sent = sent._replace(url=at, headers=headers)
            answer = self._open(sent, hop, barred | (answer.elsewhere & _BY_REDIRECT))
        if answer.location:
            with answer:
                raise RegistryError(f"{answer.host} redirects more than {_REDIRECTS} times")
        return answer

    def post(self, url: str, form: dict[str, str], barred: Barred = _ANYWHERE) -> Answer:
        """Send a form. Redirects aren't followed: a form holds secrets, and they are for this host.

        Raises:
            RegistryUnreachable, UntrustedRegistry, RegistryError: as `get`.
        """
        headers = {**self._agent, "Content-Type": "application/x-www-form-urlencoded"}
        return self.send(Request("POST", url, headers, urlencode(form).encode()), barred)

    def send(self, request: Request, barred: Barred = _ANYWHERE) -> Answer:
        """Send a request as it is, and follow no redirect.

        Raises:
            RegistryUnreachable, UntrustedRegistry, RegistryError: as `get`.
        """
        asked = _origin(request.url)
        return self._open(request, Hop(asked, asked), barred)

    def _open(self, request: Request, hop: Hop, barred: Barred) -> Answer:
        # Whoever goes through a proxy learns no address: what the URL itself shows is all there is to look at.
        refuse(hop.here.label, scope_of_host(hop.here.host), barred)
        host = self.hosts.of(hop.asked.label)
        exchange = Exchange(request.method, request.url, self._proxies)
        with told(hop.who, known=host.answered), host.awaited(hop.who):
            response = self._pool(self._context_for(hop.here), barred).request(
                request.method,
                request.url,
                headers=request.headers,
                body=request.body,
                redirect=False,
                preload_content=False,
                decode_content=False,
                timeout=urllib3.Timeout(
                    connect=_CONNECT_SECONDS, read=request.first_byte or self._first_byte
                ),
            )
        if response.status == 407:
            response.close()
            raise proxy_refusal(hop.who, response.status)
        scopes = _scopes(response, hop.here) if hop.scopes is None else hop.scopes
        authorization = request.headers.get("Authorization", "")
        return Answer(response, hop._replace(scopes=scopes), authorization, exchange, host)

    def _context_for(self, here: Origin) -> ssl.SSLContext:
        return self._client.context if self._client and here in self._client.origins else self._context

    def _pool(self, context: ssl.SSLContext, barred: Barred) -> urllib3.PoolManager:
        with self._lock:
            if (context, barred) not in self._pools:
                self._pools[context, barred] = pools(
                    self._proxies,
                    barred,
                    proxy_context=self._context,
                    maxsize=self._connections,
                    retries=urllib3.Retry(False),
                    ssl_context=context,
                    headers=self._agent,
                )
            return self._pools[context, barred]


def _origin(url: str) -> Origin:
    try:
        return origin(url)
    except ValueError as error:
        raise RegistryError("the registry names an address that is no URL") from error


def _following(answer: Answer, request: Request) -> str:
    """Return the URL that a request's redirect leads to; an answer that leads nowhere is closed."""
    try:
        return _target(answer, request)
    except RegistryError:
        with answer:
            raise


def _target(answer: Answer, request: Request) -> str:
    if request.method not in _SAFE and answer.status not in _SAME_METHOD:
        raise RegistryError(f"{answer.hop.who} redirects a {request.method} in a way that makes it a GET")
    with told(answer.hop.who):
        target = resolved(request.url, answer.location)
    if answer.hop.here.scheme == "https" and origin(target).scheme != "https":
        raise RegistryError(
            f"{answer.hop.who} redirects from https to http, which is refused",
            "let the registry or its storage give addresses with https",
        )
    return target


def _without_authorization(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in headers.items() if name != "Authorization"}


def _authorization(guests: Mapping[Origin, str] | None, here: Origin) -> dict[str, str]:
    return {"Authorization": guests[here]} if guests and here in guests else {}


def _scopes(response: urllib3.BaseHTTPResponse, here: Origin) -> Barred:
    """Return the scopes of who answered: of the address that was connected to, and of the one that its URL shows."""
    peer = getattr(response.connection, "peer", "")
    return frozenset(filter(None, (scope_of_address(peer), scope_of_host(here.host))))
