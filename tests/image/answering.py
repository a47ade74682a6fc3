"""A server that gives every connection the same bytes, HTTP or not, and hangs up."""

import socketserver
import threading
from contextlib import suppress


class Answering:
    """A running server, as a context manager that gives its host for a reference."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def __enter__(self) -> str:
        handler = type("Handler", (_Handler,), {"answer": self._answer})
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return f"localhost:{self._server.server_address[1]}"

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(socketserver.StreamRequestHandler):
    answer: bytes

    def handle(self) -> None:
        """Read the request's head to its end: what is left unread would tear the connection down (RST)."""
        while self.rfile.readline().strip():
            pass
        with suppress(ConnectionError):
            self.wfile.write(self.answer)
