"""A listener whose every connection is dealt with by a function of the test: the bytes on the wire are its own."""

import socket
import struct
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Self

Deal = Callable[[socket.socket, int], None]
"""What to do with a connection, and how many came before it; at its return the connection is closed."""


class Listening:
    """A running listener, as a context manager."""

    def __init__(self, deal: Deal) -> None:
        self._deal = deal
        self.ended = threading.Event()
        self.connections = 0
        self.requests: list[bytes] = []

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.ended.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def request(self, connection: socket.socket) -> bytes:
        """Read a request's head, and keep it; empty if the client leaves."""
        came = b""
        while b"\r\n\r\n" not in came:
            data = connection.recv(65536)
            if not data:
                return b""
            came += data
        self.requests.append(came)
        return came

    def _accept(self) -> None:
        while not self.ended.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection, self.connections - 1), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with suppress(OSError), connection:
            connection.settimeout(60)
            self._deal(connection, number)


def reset(connection: socket.socket) -> None:
    """Let the connection's end be a tear-down (RST)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def passing_on(port: int, first: Sequence[Deal] = ()) -> Deal:
    """Pass connections on to a port of this machine, but the first ones: each of `first` deals with one."""

    def deal(connection: socket.socket, number: int) -> None:
        if number < len(first):
            first[number](connection, number)
            return
        with socket.create_connection(("127.0.0.1", port), 60) as other:
            back = threading.Thread(target=_pump, args=(other, connection), daemon=True)
            back.start()
            _pump(connection, other)
            back.join()

    return deal


def _pump(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
