"""When to try again: a few times for what never worked, for minutes where bytes came, with growing waits."""

from __future__ import annotations

import random
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Self, TypeVar

from kitserve_initializer.errors import RegistryFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitserve_initializer.http.hosts import Host

TRIES = 5
PROGRESS = 16 * 1024
"""Bytes of a try that count as getting further. Fewer would let a registry hand out one with each try, without end."""

PATIENCE_SECONDS = 120.0
"""From the first failure on, without PROGRESS: enough for a registry that is restarted."""

_BYTES_A_SECOND = 100_000_000
"""Bytes that came from a host for each further second of patience: what was fetched is worth the time it took."""

_LONGEST_PATIENCE_SECONDS = 900.0

_FIRST_WAIT_SECONDS = 0.25
_LONGEST_WAIT_SECONDS = 10.0
_LONGEST_ASKED_SECONDS = 30.0

ATTEMPT: ContextVar[int] = ContextVar("attempt", default=1)
"""The number of the try that a thread is at, for the log."""

T = TypeVar("T")


class Patience:
    """The patience with one transfer, as a context: what came from its host in this run makes it last longer."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._failures = 0
        self._came = 0
        self._since = 0.0
        ATTEMPT.set(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._host.leaves(self, recovered=kind is None)

    def renew(self, came: int) -> None:
        """Begin again once enough bytes came since the last failure."""
        self._host.came(came)
        self._came += came
        if self._failures and self._came >= PROGRESS:
            self._failures = 0
            self._host.leaves(self, recovered=True)

    def bear(self, error: RegistryFailure) -> None:
        """Wait before the next try: as long as the registry asks for, else twice as long as the last time.

        Jitter is on top of what the registry asks for: it told everybody the same.

        Raises:
            RegistryFailure: `error` itself, if it would be the same again or was borne long enough.
        """
        self._since = self._since if self._failures else time.monotonic()
        self._failures += 1
        self._came = 0
        if not error.temporary or self._is_over():
            raise error
        jitter = random.random()  # noqa: S311 - nobody is kept from guessing it
        wait = _FIRST_WAIT_SECONDS * 2 ** min(self._failures - 1, 10) * (0.8 + 0.4 * jitter)
        if error.wait_seconds:
            wait = min(error.wait_seconds, _LONGEST_ASKED_SECONDS) + jitter
        else:
            wait = min(wait, _LONGEST_WAIT_SECONDS)
        self._host.fails(self, error.cause, self._failures + 1, wait)
        ATTEMPT.set(self._failures + 1)
        time.sleep(wait)

    def _is_over(self) -> bool:
        borne = time.monotonic() - self._since
        if self._host.bytes < PROGRESS:
            return self._failures >= TRIES or borne > PATIENCE_SECONDS
        return borne > min(PATIENCE_SECONDS + self._host.bytes / _BYTES_A_SECOND, _LONGEST_PATIENCE_SECONDS)


def patiently(attempt: Callable[[], T], host: Host) -> T:
    """Call until there is a result; `host` is who is asked.

    Raises:
        RegistryFailure: the last one.
    """
    with Patience(host) as patience:
        while True:
            try:
                return attempt()
            except RegistryFailure as error:
                patience.bear(error)
