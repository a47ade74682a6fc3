"""An HTTP proxy in front of a registry that misbehaves on request, over http or TLS."""

import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal, Self

import urllib3

Headers = dict[str, str]

CHUNK = 32 * 1024
"""Bytes of a chunk, as Go's servers copy them."""


@dataclass(frozen=True)
class Fault:
    """What to do to an answer: `status` and `headers` replace it, `cut` ends its body after so many bytes.

    With `stall` the connection stays open after the cut, until the proxy ends; with `reset` it is torn down (RST), else
    closed. `flip` is the place of a byte to change. The request reaches the registry without the headers in `drop`.
    `framing` is for a body whose length isn't told: "chunked", where a cut leaves out the last chunk, or "close", where
    nothing but the connection's end ends it. With `drip` the body comes a byte each hundredth of a second, until the
    client leaves.
    """

    status: int = 0
    headers: Headers = field(default_factory=dict)
    cut: int | None = None
    stall: bool = False
    reset: bool = False
    flip: int | None = None
    drop: tuple[str, ...] = ()
    framing: Literal["", "chunked", "close"] = ""
    drip: bool = False


@dataclass(frozen=True)
class Seen:
    """A request that came by."""

    path: str
    headers: Headers


class Proxy:
    """A running proxy, as a context manager.

    Args:
        target: URL of the registry behind it, without a slash at the end.
        fault: path of a request -> the fault for it, or None to pass it on.
        tls: a server's context, to speak https.
    """

    def __init__(
        self,
        target: str,
        fault: Callable[[str], Fault | None] = lambda _: None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.target = target
        self.fault = fault
        self.seen: list[Seen] = []
        self.stalled = threading.Event()
        self.ended = threading.Event()
        self.expired: set[str] = set()
        """Authorization headers that don't reach the registry any more."""
        self._tls = tls

    @property
    def host(self) -> str:
        """The proxy in a reference."""
        return f"localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        self.http = urllib3.PoolManager()
        handler = type("Handler", (_Handler,), {"proxy": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        if self._tls:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.http.clear()


class _Handler(BaseHTTPRequestHandler):
    proxy: Proxy

    def do_GET(self) -> None:
        headers = dict(self.headers.items())
        self.proxy.seen.append(Seen(self.path, headers))
        fault = self.proxy.fault(self.path) or Fault()
        dropped = {*fault.drop, *(name for name, value in headers.items() if value in self.proxy.expired)}
        answer = self.proxy.http.request(
            "GET",
            self.proxy.target + self.path,
            headers={name: value for name, value in headers.items() if name not in dropped},
            redirect=False,
        )
        self.send_response(fault.status or answer.status)
        for name, value in _framed(dict(answer.headers) | fault.headers, fault).items():
            self.send_header(name, value)
        self.end_headers()
        body = bytearray(answer.data)
        if fault.flip is not None:
            body[fault.flip] ^= 1
        self._send(bytes(body[: fault.cut]), fault)
        if fault.stall:
            self.wfile.flush()
            self.proxy.stalled.set()
            self.proxy.ended.wait()
        if fault.reset:
            self._reset()
        self.close_connection = True

    def _send(self, body: bytes, fault: Fault) -> None:
        if fault.drip:
            with suppress(OSError):
                while body and not self.proxy.ended.wait(0.01):
                    self.wfile.write(body[:1])
                    body = body[1:]
            return
        if fault.framing != "chunked":
            self.wfile.write(body)
            return
        for at in range(0, len(body), CHUNK):
            chunk = body[at : at + CHUNK]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        if fault.cut is None:
            self.wfile.write(b"0\r\n\r\n")

    def _reset(self) -> None:
        """Close the socket without the goodbye that the server would say first."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with Path(os.devnull).open() as nothing:
            os.dup2(nothing.fileno(), self.connection.fileno())

    def do_HEAD(self) -> None:
        answer = self.proxy.http.request(
            "HEAD", self.proxy.target + self.path, headers=dict(self.headers.items()), redirect=False
        )
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: `seen` holds what a test needs."""


def _framed(headers: Headers, fault: Fault) -> Headers:
    """Headers that leave the body's length open."""
    if not fault.framing:
        return headers
    left = {name: value for name, value in headers.items() if name.lower() != "content-length"}
    return left | ({"Transfer-Encoding": "chunked"} if fault.framing == "chunked" else {})
