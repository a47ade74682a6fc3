"""A proxy that tunnels, by CONNECT or as a SOCKS5 server; whatever name it is asked for is this machine."""

import socket
import struct
import threading
from collections.abc import Callable
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Self

SUCCEEDED = 0
NO_LOGIN, LOGIN = b"\x00", b"\x02"
_LAST_BYTES = {1: 4, 4: 16}


class Tunnel:
    """A running proxy, as a context manager; `asked` are host:port.

    `login` is the one that a SOCKS client has to show, `logins` are those that came, `heads` are those of CONNECT.
    """

    def __init__(
        self,
        protocol: Callable[["Tunnel", socket.socket], int | None],
        *,
        answer: int = SUCCEEDED,
        login: tuple[bytes, bytes] | None = None,
        address: str = "127.0.0.1",
    ) -> None:
        self.protocol = protocol
        self.answer = answer
        self.login = login
        self.address = address
        self.asked: list[str] = []
        self.heads: list[bytes] = []
        self.logins: list[tuple[bytes, bytes]] = []

    def __enter__(self) -> Self:
        tunnel = self

        class Handler(BaseRequestHandler):
            def handle(self) -> None:
                if port := tunnel.protocol(tunnel, self.request):
                    with socket.create_connection(("127.0.0.1", port)) as there:
                        _relay(self.request, there)

        version6 = ":" in self.address
        kind = type("Server", (ThreadingTCPServer,), {"address_family": socket.AF_INET6} if version6 else {})
        self._server = kind((self.address, 0), Handler)
        self._server.daemon_threads = True
        host = f"[{self.address}]" if version6 else self.address
        self.host = f"{host}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def connect(tunnel: Tunnel, client: socket.socket) -> int:
    """Speak HTTP: return the port that CONNECT asks for."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += client.recv(1)
    tunnel.heads.append(head)
    tunnel.asked.append(head.split(b" ")[1].decode())
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    return int(tunnel.asked[-1].rpartition(":")[2])


def socks5(tunnel: Tunnel, client: socket.socket) -> int | None:
    """Speak SOCKS5: return the port that is asked for, None if the client doesn't get through."""
    methods = _read(client, _read(client, 2)[1])
    wanted = LOGIN if tunnel.login else NO_LOGIN
    client.sendall(b"\x05" + (wanted if wanted in methods else b"\xff"))
    if wanted not in methods or not _may_enter(tunnel, client):
        return None
    kind = _read(client, 4)[3]
    host = _read(client, _LAST_BYTES.get(kind) or _read(client, 1)[0])
    (port,) = struct.unpack("!H", _read(client, 2))
    name = (
        host.decode()
        if kind == 3
        else socket.inet_ntop(socket.AF_INET6 if kind == 4 else socket.AF_INET, host)
    )
    tunnel.asked.append(f"{name}:{port}")
    # The address that a server is bound to may be a name too.
    bound = bytes([len(host)]) + host if kind == 3 else host
    client.sendall(b"\x05" + bytes([tunnel.answer, 0, kind]) + bound + b"\x00\x01")
    return port if tunnel.answer == SUCCEEDED else None


def _may_enter(tunnel: Tunnel, client: socket.socket) -> bool:
    if not tunnel.login:
        return True
    user = _read(client, _read(client, 2)[1])
    tunnel.logins.append((user, _read(client, _read(client, 1)[0])))
    known = tunnel.logins[-1] == tunnel.login
    client.sendall(b"\x01" + (b"\x00" if known else b"\x01"))
    return known


def _read(client: socket.socket, count: int) -> bytes:
    return b"".join(client.recv(1) for _ in range(count))


def _relay(one: socket.socket, other: socket.socket) -> None:
    back = threading.Thread(target=_copy, args=(other, one), daemon=True)
    back.start()
    _copy(one, other)
    back.join()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return
