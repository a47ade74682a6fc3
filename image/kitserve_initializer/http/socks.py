"""Connections through a SOCKS5 proxy (RFC 1928, with user and password by RFC 1929).

As for Go's net/http, `socks5` and `socks5h` are the same: the proxy looks names up.
"""

from __future__ import annotations

import errno
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from kitserve_initializer.errors import RegistryUnreachable
from kitserve_initializer.wire.connection import GuardedConnection, GuardedHTTPSConnection

if TYPE_CHECKING:
    import socket

    from urllib3.connectionpool import HTTPConnectionPool

    from kitserve_initializer.http.proxy import Login, Proxy
    from kitserve_initializer.wire.connection import Barred

_VERSION, _LOGIN_VERSION, _CONNECT = 5, 1, 1
_NO_LOGIN, _LOGIN = 0, 2
_IPV4, _NAME, _IPV6 = 1, 3, 4
_ADDRESS_BYTES = {_IPV4: 4, _IPV6: 16}
_PORT_BYTES = 2
_FAILURES = {
    1: "it failed",
    2: "its rules don't allow it",
    3: "the network can't be reached",
    4: "the host can't be reached",
    5: "the connection was refused",
    6: "the way is too long",
    7: "it doesn't know the command",
    8: "it doesn't know such addresses",
}
_FINAL = (2, 7, 8)
_HINT = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"


class SocksConnection(GuardedConnection):
    """A connection through a proxy, whose peer stays empty, because nobody learns the address behind it."""

    def __init__(self, *arguments: Any, through: Proxy, **keywords: Any) -> None:  # noqa: ANN401 - urllib3's
        super().__init__(*arguments, **keywords)
        self._through = through

    def _new_conn(self) -> socket.socket:
        made = self._connected_to_proxy()
        try:
            _greet(made, self._through.login, self.host)
            _ask(made, self._dns_host, self.port)
        except BaseException as error:
            made.close()
            # urllib3 takes a connection that is reset here for one that has an answer.
            if isinstance(error, OSError):
                raise _unreached(self.host, error) from error
            raise
        return made

    def _connected_to_proxy(self) -> socket.socket:
        host, port = self._through.host, self._through.port
        there = HTTPConnection(host, port, timeout=self.timeout, socket_options=self.socket_options)
        try:
            return there._new_conn()
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise _unreached(self.host, error.__cause__ or error) from error


class SocksHTTPSConnection(SocksConnection, GuardedHTTPSConnection):
    """The same with TLS behind it."""


def lead(pool: HTTPConnectionPool, through: Proxy, barred: Barred) -> HTTPConnectionPool:
    """Give a pool connections of these kinds."""
    kind = SocksHTTPSConnection if pool.scheme == "https" else SocksConnection
    pool.ConnectionCls = partial(kind, through=through, barred=barred)  # type: ignore[assignment]
    return pool


def _greet(made: socket.socket, login: Login | None, host: str) -> None:
    """Agree on a method, and log in where the proxy asks for that."""
    methods = bytes([_NO_LOGIN, _LOGIN] if login else [_NO_LOGIN])
    made.sendall(bytes([_VERSION, len(methods)]) + methods)
    version, method = _read(made, 2)
    if version != _VERSION:
        raise _refusal(host, "doesn't speak SOCKS5")
    if method not in methods:
        raise _refusal(host, "asks for a user and password")
    if method == _LOGIN and login:
        made.sendall(bytes([_LOGIN_VERSION]) + b"".join(bytes([len(each)]) + each for each in login))
        if _read(made, 2)[1]:
            raise _refusal(host, "refuses the user and password")


def _ask(made: socket.socket, host: str, port: int) -> None:
    """Let the proxy connect, and read its answer up to the end."""
    made.sendall(bytes([_VERSION, _CONNECT, 0]) + _address(host) + port.to_bytes(_PORT_BYTES, "big"))
    _, failure, _, kind = _read(made, 4)
    if failure:
        said = _FAILURES.get(failure, f"it fails with code {failure}")
        raise _refusal(host, f"answers: {said}", temporary=failure not in _FINAL)
    _read(made, (_ADDRESS_BYTES.get(kind) or _read(made, 1)[0]) + _PORT_BYTES)


def _address(host: str) -> bytes:
    try:
        packed = ip_address(host.partition("%")[0]).packed
    except ValueError:
        name = host.encode("ascii")
        return bytes([_NAME, len(name)]) + name
    return bytes([_IPV4 if len(packed) == _ADDRESS_BYTES[_IPV4] else _IPV6]) + packed


def _read(made: socket.socket, count: int) -> bytes:
    read = b""
    while len(read) < count:
        come = made.recv(count - len(read))
        if not come:
            raise ConnectionResetError(errno.ECONNRESET, "it ended early")
        read += come
    return read


def _unreached(host: str, error: BaseException) -> RegistryUnreachable:
    said = (
        "no answer in time"
        if isinstance(error, TimeoutError)
        else getattr(error, "strerror", "") or "it failed"
    )
    return _refusal(host, f"can't be reached: {said}", temporary=True)


def _refusal(host: str, text: str, *, temporary: bool = False) -> RegistryUnreachable:
    return RegistryUnreachable(f"the SOCKS proxy on the way to {host} {text}", _HINT, temporary=temporary)
