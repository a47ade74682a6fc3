"""A TCP relay on loopback that gives each connection so many bytes a second, as object stores do."""

import socket
import threading
import time
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

STEP = 256 * 1024


class Throttle:
    """A running relay in front of `target` (a URL), as a context manager; `rate` in bytes a second."""

    def __init__(self, target: str, rate: int) -> None:
        self._target = (urlsplit(target).hostname or "", urlsplit(target).port or 0)
        self._rate = rate

    @property
    def host(self) -> str:
        """The relay in a reference."""
        return f"localhost:{self._server.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as registry, suppress(OSError):
            threading.Thread(target=_copy, args=(client, registry), daemon=True).start()
            due = time.monotonic()
            while data := registry.recv(STEP):
                client.sendall(data)
                # What an idle connection didn't use is not saved up.
                due = max(due, time.monotonic() - 0.1) + len(data) / self._rate
                time.sleep(max(0.0, due - time.monotonic()))
            # A socket that the other thread still reads from wouldn't close.
            client.shutdown(socket.SHUT_RDWR)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(STEP):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
