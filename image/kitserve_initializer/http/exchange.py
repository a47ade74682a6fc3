"""A request and its answer, as the log tells them: never with a query, which may be signed, nor with a header."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kitserve_initializer.http.retry import ATTEMPT
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import is_on, say

if TYPE_CHECKING:
    from kitserve_initializer.http.proxy import Proxies


class Exchange:
    """A request that is about to be sent. `bytes` counts what comes of the answer's body."""

    def __init__(self, method: str, url: str, proxies: Proxies) -> None:
        self.bytes = 0
        self._begun = time.monotonic()
        self._shown = _shown(method, url, proxies) if is_on(events.REQUEST) else {}
        if self._shown:
            say(events.REQUEST_SENT, **self._shown)

    def end(self, status: int) -> None:
        """Log the exchange when its answer is read to the end, or left."""
        if self._shown:
            seconds = time.monotonic() - self._begun
            say(events.REQUEST, **self._shown, status=status, bytes=self.bytes, seconds=seconds)
            self._shown = {}


def _shown(method: str, url: str, proxies: Proxies) -> dict[str, object]:
    parts = urlsplit(url)
    return {
        "method": method,
        "host": _host(parts.netloc),
        "path": parts.path,
        "attempt": ATTEMPT.get(),
        "proxy": _host(urlsplit(proxies.of(url)).netloc) or "none",
    }


def _host(netloc: str) -> str:
    return netloc.rpartition("@")[2]
