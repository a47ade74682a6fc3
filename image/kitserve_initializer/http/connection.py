"""Connections of our own beneath urllib3's pools: paced answers, and no way to addresses that are barred."""

from __future__ import annotations

import io
import socket
from http.client import HTTPResponse, parse_headers
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from kitserve_initializer.errors import RegistryError
from kitserve_initializer.http.address import Scope, scope_of_address
from kitserve_initializer.http.pace import INTERIM_ANSWERS, EndlessHeadError, PacedReader

if TYPE_CHECKING:
    from urllib3.connectionpool import HTTPConnectionPool

Barred = frozenset[Scope]
"""Scopes of addresses that a connection must not go to."""


class _PacedResponse(HTTPResponse):
    """http.client's response, read through a PacedReader; interim answers (1xx) are passed over."""

    def __init__(self, sock: socket.socket, *arguments: Any, **keywords: Any) -> None:  # noqa: ANN401 - http.client's
        super().__init__(sock, *arguments, **keywords)
        self._paced = PacedReader(self.fp.detach())
        self.fp = io.BufferedReader(self._paced)

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(INTERIM_ANSWERS + 1):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200 or status == 101:
                return version, status, reason
            parse_headers(self.fp)
            self._paced.begin_head()
        raise EndlessHeadError(f"more than {INTERIM_ANSWERS} answers 1xx")

    def begin(self) -> None:
        """Read the head."""
        super().begin()
        self._paced.begin_body()


class GuardedConnection(HTTPConnection):
    """A connection; `peer` is the address that it goes to, empty if that is a proxy's.

    A name is looked up once, and only an address that was looked at is connected to: one that answers differently the
    next time leads nowhere else.
    """

    response_class = _PacedResponse

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


class GuardedHTTPSConnection(GuardedConnection, HTTPSConnection):
    """The same with TLS."""


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
