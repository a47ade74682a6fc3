"""Waits for services: until all are ready, one has failed, or the time is up."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from kitserve.cli.terminal.live import Live
from kitserve.errors import ClusterUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitserve.serving.status import Status

    Look = Callable[[], list[Status]]
    Service = tuple[str, str, str]

_PAUSE_SECONDS = 2.0
_SURE_SECONDS = 5.0
"""How long a failure has to last: an object may come a moment after the pod that needs it."""
_DURATION = re.compile(r"(?=.)(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,6})s)?")


def seconds(duration: str) -> int | None:
    """Return the seconds of a duration of h, m and s; None of another text."""
    found = _DURATION.fullmatch(duration)
    hours, minutes, rest = (int(each or 0) for each in found.groups()) if found else (0, 0, 0)
    return 3600 * hours + 60 * minutes + rest if found else None


def wait_for(look: Look, patience: int) -> tuple[list[Status], bool]:
    """Return the services when all are ready or one has failed, and whether the time, in seconds, was up before.

    Raises what `look` raises; but while the API server doesn't answer, what it said before counts.
    """
    from kitserve.report.status import line

    end = time.monotonic() + patience
    since: dict[Service, float] = {}
    found = look()
    with Live() as live:
        while True:
            live([line(each) for each in found])
            now = time.monotonic()
            since = {_key(each): since.get(_key(each), now) for each in found if each.final}
            if _is_over(found, since, now):
                return found, False
            if now >= end:
                return found, True
            time.sleep(min(_PAUSE_SECONDS, end - now))
            found = _again(look, found)


def _is_over(found: list[Status], since: dict[Service, float], now: float) -> bool:
    if all(each.state in {"ready", "stopped"} for each in found):
        return True
    return any(now - begun >= _SURE_SECONDS for begun in since.values())


def _again(look: Look, found: list[Status]) -> list[Status]:
    try:
        return look()
    except ClusterUnavailable:
        return found


def _key(each: Status) -> Service:
    return each.kind, each.namespace, each.name
