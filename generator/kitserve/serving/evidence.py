"""What is read of a service in a cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitserve.crds.lookup import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitserve.crds.lookup import Data


_SECOND = len("2026-01-01T00:00:00")


@dataclass(frozen=True)
class Log:
    """Parts of a container's log: its begin, its end, and the end of the run before."""

    head: str = ""
    tail: str = ""
    previous: str = ""


@dataclass(frozen=True)
class Evidence:
    """A service, its pods and ReplicaSets, events by the uid of their object, and logs by pod and container.

    `loaders` are the pods that fetch its LocalModelCache, and `cache` is that object. `sees_pods`: whether the
    login may read pods.
    """

    service: Data
    pods: tuple[Data, ...] = ()
    replica_sets: tuple[Data, ...] = ()
    events: Mapping[str, tuple[Data, ...]] = field(default_factory=dict)
    logs: Mapping[tuple[str, str], Log] = field(default_factory=dict)
    cache: Data = field(default_factory=dict)
    loaders: tuple[Data, ...] = ()
    sees_pods: bool = True

    def log(self, pod: Data, container: Data) -> Log:
        """Return what was read of a log."""
        return self.logs.get((text(pod, ("metadata", "name")), text(container, ("name",))), Log())

    def messages(self, item: Data, *reasons: str) -> list[str]:
        """Return the messages of an object's events with these reasons, the newest first."""
        return [text(each, ("message",)) for each in self._events(item, reasons)]

    def current(self, item: Data, *reasons: str, unless: tuple[str, ...]) -> str:
        """Return the message of the newest of these events; empty if one of the others came after it."""
        found, after = self._events(item, reasons), self._events(item, unless)
        if not found or (after and _time(after[0]) > _time(found[0])):
            return ""
        return text(found[0], ("message",))

    def _events(self, item: Data, reasons: tuple[str, ...]) -> list[Data]:
        found = self.events.get(text(item, ("metadata", "uid")), ())
        return sorted((each for each in found if text(each, ("reason",)) in reasons), key=_time, reverse=True)


def _time(event: Data) -> str:
    """Return when an event was last seen: RFC 3339 in UTC, which sorts as text up to the second."""
    places = (
        ("series", "lastObservedTime"),
        ("lastTimestamp",),
        ("eventTime",),
        ("metadata", "creationTimestamp"),
    )
    return next((found[:_SECOND] for path in places if (found := text(event, path))), "")
