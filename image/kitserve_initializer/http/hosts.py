"""The hosts of a run, which all its connections share: what each gave, and how long it is waited for.

The log has a line when a host is out of reach, one every ten seconds while it is waited for, and one when it is back,
however many connections wait.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kitserve_initializer.log import events
from kitserve_initializer.log.lines import EVERY_SECONDS, LOOK_SECONDS, say

if TYPE_CHECKING:
    from collections.abc import Iterator


class Host:
    """One host: `bytes` of blobs came from it, and `answered` says whether anything ever did."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.bytes = 0
        self.answered = False
        self._lock = threading.Lock()
        self._waits: dict[object, tuple[float, str]] = {}
        self._troubled: set[object] = set()
        self._out_since = 0.0
        self._warned = self._told = float("-inf")

    @contextmanager
    def awaited(self, who: str) -> Iterator[None]:
        """Count the caller among those who wait for an answer of `who`, this host or where it leads."""
        key = object()
        with self._lock:
            self._waits[key] = time.monotonic(), f"{who} hasn't answered yet"
        try:
            yield
            self.answered = True
        finally:
            with self._lock:
                del self._waits[key]

    def came(self, count: int) -> None:
        """Count bytes of a blob."""
        with self._lock:
            self.bytes += count

    def fails(self, transfer: object, cause: str, attempt: int, wait: float) -> None:
        """Log an outage when it begins, with the first of the transfers that meet it."""
        now = time.monotonic()
        with self._lock:
            begins, self._out_since = not self._troubled, self._out_since or now
            self._troubled.add(transfer)
            self._waits.setdefault(transfer, (now, f"{self.label} doesn't deliver"))
            says = begins and now - self._warned >= EVERY_SECONDS
            self._warned = now if says else self._warned
        if says:
            say(events.RETRYING, cause=cause, host=self.label, attempt=attempt, wait_seconds=wait)
        else:
            say(events.RETRYING_TOO, cause=cause, host=self.label, attempt=attempt, wait_seconds=wait)

    def leaves(self, transfer: object, *, recovered: bool) -> None:
        """End a transfer's part in an outage, and log the outage's end with the last of them."""
        with self._lock:
            if transfer not in self._troubled:
                return
            self._troubled.remove(transfer)
            del self._waits[transfer]
            ends = not self._troubled
            lasted, told = time.monotonic() - self._out_since, self._told >= self._out_since
            self._out_since = 0.0 if ends else self._out_since
        if ends and told and recovered:
            say(events.RECOVERED, host=self.label, seconds=lasted)

    @property
    def is_awaited(self) -> bool:
        """Whether anybody waits for it, which the log tells in its time."""
        return bool(self._waits)

    def look(self) -> None:
        """Log what is waited for, if that is due."""
        now = time.monotonic()
        with self._lock:
            since, what = min(self._waits.values(), default=(now, ""))
            if now - max(since, self._told) < EVERY_SECONDS:
                return
            self._told = now
        say(events.WAITING, host=self.label, seconds=now - since, cause=what)


class Hosts:
    """All hosts by their label, looked at by a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hosts: dict[str, Host] = {}

    def of(self, label: str) -> Host:
        """Return the host with this label."""
        with self._lock:
            if not self._hosts:
                threading.Thread(target=self._watch, daemon=True).start()
            return self._hosts.setdefault(label, Host(label))

    @property
    def are_awaited(self) -> bool:
        """Whether anybody waits for one of them."""
        with self._lock:
            hosts = [*self._hosts.values()]
        return any(host.is_awaited for host in hosts)

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            with self._lock:
                hosts = [*self._hosts.values()]
            for host in hosts:
                host.look()
