"""http.client's response with a head that is read by ourselves, and a body that loses no byte to a fault."""

from __future__ import annotations

import io
from http.client import HTTPResponse, IncompleteRead
from typing import TYPE_CHECKING, Any

from kitserve_initializer.wire.chunks import ChunkedBody
from kitserve_initializer.wire.head import Head, read_head
from kitserve_initializer.wire.pace import INTERIM_ANSWERS, HeadError, PacedReader

if TYPE_CHECKING:
    import socket


class PacedResponse(HTTPResponse):
    """A response, read through a PacedReader; interim answers (1xx) are passed over.

    The time limit that the socket has when it begins is the one for the first byte of the final head.
    """

    def __init__(self, sock: socket.socket, *arguments: Any, **keywords: Any) -> None:  # noqa: ANN401 - http.client's
        super().__init__(sock, *arguments, **keywords)
        self._paced = PacedReader(self.fp.detach(), sock.settimeout, sock.gettimeout())
        self.fp = io.BufferedReader(self._paced)
        self._chunks = ChunkedBody(self.fp)

    def begin(self) -> None:
        """Read the head.

        Raises:
            OSError, HTTPException: if there is none that can be used.
        """
        if self.headers is not None:
            return
        head = self._final_head()
        body, self.fp = self.fp, io.BytesIO(head.framing)
        try:
            super().begin()
        finally:
            self.fp = body
        self.reason = head.reason.strip()
        self.headers = self.msg = head.message
        self._paced.begin_body()

    def _final_head(self) -> Head:
        for _ in range(INTERIM_ANSWERS + 1):
            head = read_head(self.fp)
            if not head.is_interim:
                return head
            self._paced.begin_head()
        raise HeadError(f"more than {INTERIM_ANSWERS} answers 1xx")

    def read(self, amt: int | None = None) -> bytes:
        """Return `amt` bytes, or fewer before the end or a fault, which the next call raises.

        Raises:
            OSError, HTTPException: if the connection broke, stalled or is too slow.
        """
        try:
            data = self._read_chunks(amt) if self.chunked and amt else super().read(amt)
        except IncompleteRead as broken:
            raise self._paced.fault or broken from None
        if not data and self._paced.fault:
            raise self._paced.fault
        return data

    def _read_chunks(self, amt: int) -> bytes:
        data = self._chunks.read(amt) if self.fp else b""
        if self._chunks.is_over and self.fp:
            self._close_conn()  # type: ignore[attr-defined]
        return data
