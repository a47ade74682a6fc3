"""A server on loopback that answers by a script, and keeps what it was asked."""

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


@dataclass(frozen=True)
class Reply:
    """A status, headers (an empty text leaves one out) and a body."""

    status: int = 404
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def redirect(location: str, status: int = 307) -> Reply:
    """The reply that leads to `location`."""
    return Reply(status, {"Location": location})


def challenge(text: str) -> Reply:
    """The reply that asks for a login."""
    return Reply(401, {"WWW-Authenticate": text})


@dataclass(frozen=True)
class Asked:
    """A request, with headers named like `Authorization`.

    `path` is the request's target, byte for byte: the whole URL if it came as to a proxy. `certificate` says whether
    the client showed one in TLS.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    certificate: bool


Script = Callable[[Asked], Reply]


class Scripted:
    """A running server, as a context manager; `script` may be set once its own address is known."""

    def __init__(self, script: Script = lambda _: Reply(), tls: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.asked: list[Asked] = []
        self.tls = tls

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}"

    @property
    def secrets(self) -> list[str]:
        """All that came where a secret could be: Authorization headers and forms."""
        found = [each.headers.get("Authorization", "") for each in self.asked]
        return [text for text in [*found, *(each.body.decode() for each in self.asked)] if text]

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"scripted": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        if self.tls:
            self._server.socket = self.tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *connection: object) -> None:
        """Nothing: a client that doesn't trust us leaves in the middle."""


class _Handler(BaseHTTPRequestHandler):
    scripted: Scripted
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        known = isinstance(self.connection, ssl.SSLSocket) and bool(self.connection.getpeercert())
        # `self.path` has no more than one slash at its begin.
        target = self.requestline.split(" ")[1]
        asked = Asked(
            self.command, target, {name.title(): text for name, text in self.headers.items()}, body, known
        )
        self.scripted.asked.append(asked)
        reply = self.scripted.script(asked)
        self.send_response(reply.status)
        for name, text in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            if text:
                self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    do_HEAD = do_GET  # noqa: N815
    do_POST = do_GET  # noqa: N815
    do_PUT = do_GET  # noqa: N815
    do_DELETE = do_GET  # noqa: N815
    do_CONNECT = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: `asked` holds what a test needs."""
