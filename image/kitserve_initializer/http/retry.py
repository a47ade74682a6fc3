"""When to try again: a few times, with growing waits, counted only while no byte comes."""

from __future__ import annotations

import random
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

from kitserve_initializer.errors import RegistryFailure
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say

if TYPE_CHECKING:
    from collections.abc import Callable

TRIES = 5
PROGRESS = 16 * 1024
"""Bytes of a try that count as getting further. Fewer would let a registry hand out one with each try, without end."""

_FIRST_WAIT_SECONDS = 0.25
_LONGEST_WAIT_SECONDS = 30.0

ATTEMPT: ContextVar[int] = ContextVar("attempt", default=1)
"""The number of the try that a thread is at, for the log."""

T = TypeVar("T")


class Patience:
    """The tries that are left of one transfer."""

    def __init__(self) -> None:
        self._failures = 0
        self._came = 0
        ATTEMPT.set(1)

    def renew(self, came: int) -> None:
        """Count from the start again once enough bytes came since the last failure."""
        self._came += came
        if self._came >= PROGRESS:
            self._failures = 0

    def bear(self, error: RegistryFailure) -> None:
        """Wait before the next try: as long as the registry asks for, else twice as long as the last time.

        Jitter is on top of what the registry asks for: it told everybody the same.

        Raises:
            RegistryFailure: `error` itself, if it would be the same again or there were enough tries.
        """
        self._failures += 1
        self._came = 0
        if not error.temporary or self._failures >= TRIES:
            raise error
        jitter = random.random()  # noqa: S311 - nobody is kept from guessing it
        wait = _FIRST_WAIT_SECONDS * 2 ** (self._failures - 1) * (0.8 + 0.4 * jitter)
        if error.wait_seconds:
            wait = min(error.wait_seconds, _LONGEST_WAIT_SECONDS) + jitter
        say(events.RETRYING, cause=error.cause, attempt=self._failures + 1, attempts=TRIES, wait_seconds=wait)
        ATTEMPT.set(self._failures + 1)
        time.sleep(wait)


def patiently(attempt: Callable[[], T]) -> T:
    """Call until there is a result.

    Raises:
        RegistryFailure: the last one.
    """
    patience = Patience()
    while True:
        try:
            return attempt()
        except RegistryFailure as error:
            patience.bear(error)
