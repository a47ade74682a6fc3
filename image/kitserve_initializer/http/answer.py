"""An answer of a registry or a token server: who gave it, and its body, within bounds."""

from __future__ import annotations

import time
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self

import urllib3
from urllib3.exceptions import InvalidHeader

from kitserve_initializer.errors import RegistryError, RegistryFailure, RegistryUnreachable
from kitserve_initializer.http.failures import is_passing, told
from kitserve_initializer.log.amounts import size
from kitserve_initializer.wire.address import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve_initializer.http.exchange import Exchange
    from kitserve_initializer.http.hosts import Host
    from kitserve_initializer.http.url import Origin
    from kitserve_initializer.wire.connection import Barred

STEP = 256 * 1024
"""Bytes per read: large enough for few calls, small enough to stay in a core's cache."""

_SMALL_STEP = 16 * 1024
_SMALL_SECONDS = 300
"""From the first byte to the last of an answer that is read whole."""

_BODY_LIMIT = 8 * 1024 * 1024
_DRAINED = 64 * 1024
"""Bytes of a body that nobody wants, read so that the connection can be used again."""

_REDIRECTS = (301, 302, 303, 307, 308)


class Hop(NamedTuple):
    """Where a request went: `asked` is the origin that it was meant for, `here` the one that redirects led to.

    `scopes` are those of the asked one's address; None before it was connected to.
    """

    asked: Origin
    here: Origin
    scopes: Barred | None = None

    @property
    def who(self) -> str:
        """Name the host in a sentence, without the rest of its address, which may be signed."""
        if self.here == self.asked:
            return self.asked.label
        return f"{self.here.label}, where {self.asked.label} redirects to,"


class Answer:
    """A response whose body is still to be read; leaving its `with` gives the connection back."""

    def __init__(
        self, response: urllib3.BaseHTTPResponse, hop: Hop, sent: str, exchange: Exchange, whose: Host
    ) -> None:
        self._response = response
        self._exchange = exchange
        self._whose = whose
        self.sent = sent
        """The Authorization header that this answers; empty for none."""
        self.status = response.status
        self.headers = response.headers
        self.hop = hop
        self.host = hop.asked.label

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # After a whole body urllib3 has taken the connection back already; a half-read one can't be used again.
        self._response.close()
        self._exchange.end(self.status)

    @property
    def redirected(self) -> bool:
        """Whether somebody else than the one who was asked gave it: another scheme, host or port."""
        return self.hop.here != self.hop.asked

    @property
    def elsewhere(self) -> Barred:
        """What the one who was asked may not lead to: this machine and its link, unless it is there itself."""
        return frozenset(Scope) - (self.hop.scopes or frozenset())

    @property
    def location(self) -> str:
        """Where a redirect leads to, as it is written; empty if this is none."""
        return self.one("Location") if self.status in _REDIRECTS else ""

    @property
    def is_temporary(self) -> bool:
        """Whether the status says that the same request may work a moment later."""
        return is_passing(self.status)

    @property
    def wait_seconds(self) -> float:
        """What Retry-After asks for, as seconds or as a date; 0 without one that can be read."""
        try:
            return urllib3.Retry(0).get_retry_after(self._response) or 0
        except (InvalidHeader, ValueError, OverflowError):
            return 0

    def one(self, name: str) -> str:
        """Return the value of a header that has one, however often it stands there; empty without it.

        Raises:
            RegistryError: if it stands there with several values.
        """
        found = set(self.headers.getlist(name))
        if len(found) > 1:
            raise RegistryError(f"{self.hop.who} answers with several {name} headers that differ")
        return found.pop() if found else ""

    def read(self) -> bytes:
        """Return the body of a small answer: a manifest, a config, a token.

        Raises:
            RegistryError: if it has more than 8 MiB.
            RegistryUnreachable: if it doesn't come within five minutes.
        """
        body, begun = b"", time.monotonic()
        with self._whose.awaited(self.hop.who):
            for chunk in self.chunks(_SMALL_STEP):
                body += chunk
                if len(body) > _BODY_LIMIT:
                    raise RegistryError(f"{self.hop.who} answers with more than {size(_BODY_LIMIT)} of JSON")
                if time.monotonic() - begun > _SMALL_SECONDS:
                    raise RegistryUnreachable(
                        f"{self.hop.who} takes more than {_SMALL_SECONDS} seconds for a small answer",
                        temporary=True,
                    )
        return self._decoded(body)

    def _decoded(self, body: bytes) -> bytes:
        """Undo a gzip that nobody asked for: proxies and quay's answer so all the same (quay/quay#1310), and Go copes.

        Raises:
            RegistryError: if it is none, or has more than 8 MiB in it.
        """
        if self.one("Content-Encoding").lower() not in ("gzip", "x-gzip"):
            return body
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            text = inflater.decompress(body, _BODY_LIMIT)
        except zlib.error as error:
            raise RegistryError(f"{self.hop.who} answers with a gzip that can't be read") from error
        if not inflater.eof:
            raise RegistryError(
                f"{self.hop.who} answers with a gzip that is cut, or has more than {size(_BODY_LIMIT)} in it"
            )
        return text

    def drain(self) -> None:
        """Read what little there is of a body that nobody wants, and leave."""
        with self, suppress(RegistryFailure):
            left = _DRAINED
            for chunk in self.chunks(_SMALL_STEP):
                left -= len(chunk)
                if left < 0:
                    return

    def chunks(self, step: int = STEP) -> Iterator[bytes]:
        """Yield the body as it was sent, in steps of at most `step` bytes; what came before a fault is part of it."""
        with told(self.hop.who):
            while chunk := self._response.read(step, decode_content=False):
                self._exchange.bytes += len(chunk)
                yield chunk
