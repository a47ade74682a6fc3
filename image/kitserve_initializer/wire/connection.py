"""Connections of our own beneath urllib3's pools: paced answers, proxies' refusals, and no way to barred addresses."""

from __future__ import annotations

import re
import socket
import ssl
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from kitserve_initializer.errors import RegistryError
from kitserve_initializer.wire.address import Scope, scope_of_address
from kitserve_initializer.wire.response import PacedResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from urllib3.connectionpool import HTTPConnectionPool

Barred = frozenset[Scope]
"""Scopes of addresses that a connection must not go to."""

TUNNEL_SECONDS = 60
"""How long a proxy may take to connect to whom it is asked for, before it says a word."""

_PLAIN = re.compile(rb"1\.[01] [1-5]|!?TYPE html|>", re.IGNORECASE)
"""The rest of `HTTP/1.1 400`, `<!DOCTYPE html>` or `<html>` behind five bytes that TLS takes for a record's head."""


class PlainHttpError(OSError):
    """What answers a TLS handshake speaks HTTP without TLS."""


class TunnelError(OSError):
    """A proxy doesn't connect us: it answers CONNECT with `status`, or not at all (0)."""

    def __init__(self, status: int = 0) -> None:
        super().__init__("no tunnel")
        self.status = status


class GuardedConnection(HTTPConnection):
    """A connection; `peer` is the address that it goes to, empty if that is a proxy's.

    A name is looked up once, and only an address that was looked at is connected to: one that answers differently the
    next time leads nowhere else.
    """

    response_class = PacedResponse

    def __init__(self, *arguments: Any, barred: Barred = frozenset(), **keywords: Any) -> None:  # noqa: ANN401 - urllib3's
        super().__init__(*arguments, **keywords)
        self.peer = ""
        self._barred = barred

    def _new_conn(self) -> socket.socket:
        if self.proxy is not None:
            return super()._new_conn()
        made = self._connected() if self._barred else super()._new_conn()
        self.peer = str(made.getpeername()[0])
        return made

    def _connected(self) -> socket.socket:
        name = self._dns_host
        failure: Exception = OSError(f"{name} has no address")
        for address in self._addresses():
            # What urllib3 connects to; `host`, which is for certificates and headers, follows it.
            self._dns_host = address
            try:
                return super()._new_conn()
            except (NewConnectionError, ConnectTimeoutError) as error:
                failure = error
            finally:
                self._dns_host = name
        raise failure

    def _addresses(self) -> list[str]:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(self.host, self, error) from error  # type: ignore[arg-type]
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        for address in addresses:
            refuse(f"{self.host}:{self.port}", scope_of_address(address), self._barred)
        return addresses

    def _tunnel(self) -> None:
        """Ask a proxy for a tunnel (RFC 9110, 9.3.6); http.client's own has the status in a sentence, and no bounds.

        Raises:
            TunnelError: if there is none.
        """
        host = str(self._tunnel_host).strip("[]")
        target = f"[{host}]:{self._tunnel_port}" if ":" in host else f"{host}:{self._tunnel_port}"
        # set_tunnel adds a Host of its own, whose form depends on the version of Python.
        headers = {"Host": target, **_without_host(self._tunnel_headers)}  # type: ignore[attr-defined]
        lines = [f"CONNECT {target} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items()), "", ""]
        try:
            self.send("\r\n".join(lines).encode("latin-1"))
            self.sock.settimeout(TUNNEL_SECONDS)
            with PacedResponse(self.sock, method="CONNECT") as response:
                response.begin()
            self.sock.settimeout(self.timeout)
        except (OSError, HTTPException) as error:
            raise TunnelError from error
        if not 200 <= response.status < 300:
            raise TunnelError(response.status)


class GuardedHTTPSConnection(GuardedConnection, HTTPSConnection):
    """The same with TLS; a handshake that is answered in plain HTTP is known by the answer's own bytes."""

    _beneath: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        # TLS takes the socket over, and closes it when the handshake fails; what it left unread is still here.
        self._beneath = made.dup()
        return made

    def connect(self) -> None:
        """Connect, and shake hands.

        Raises:
            PlainHttpError: if the other side speaks HTTP without TLS.
        """
        try:
            super().connect()
        except ssl.SSLError as error:
            if self._beneath and _PLAIN.match(_unread(self._beneath)):
                raise PlainHttpError("answers in plain HTTP") from error
            raise
        finally:
            if self._beneath:
                self._beneath.close()


def _without_host(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in headers.items() if name.lower() != "host"}


def _unread(beneath: socket.socket) -> bytes:
    try:
        return beneath.recv(16, socket.MSG_DONTWAIT)
    except OSError:
        return b""


def refuse(host: str, scope: Scope | None, barred: Barred) -> None:
    """Refuse a host whose address has a barred scope.

    Raises:
        RegistryError: naming the host.
    """
    if scope in barred:
        raise RegistryError(
            f"{host} has a {scope.value} address, where a registry that is elsewhere may not lead",
            "look at the realm in the registry's WWW-Authenticate header, and at its redirects",
        )


def guard(pool: HTTPConnectionPool, barred: Barred) -> HTTPConnectionPool:
    """Give a pool connections of these kinds."""
    kind = GuardedHTTPSConnection if pool.scheme == "https" else GuardedConnection

    def connection(*arguments: Any, **keywords: Any) -> GuardedConnection:  # noqa: ANN401 - urllib3's
        return kind(*arguments, barred=barred, **keywords)

    pool.ConnectionCls = connection  # type: ignore[assignment]
    return pool
