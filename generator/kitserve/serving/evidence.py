"""What is read of a service in a cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitserve.crds.lookup import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitserve.crds.lookup import Data


@dataclass(frozen=True)
class Log:
    """Parts of a container's log: its begin, its end, and the end of the run before."""

    head: str = ""
    tail: str = ""
    previous: str = ""


@dataclass(frozen=True)
class Evidence:
    """A service, its pods and ReplicaSets, events by the uid of their object, and logs by pod and container.

    `loaders` are the pods that fetch its LocalModelCache, and `cache` is that object.
    """

    service: Data
    pods: tuple[Data, ...] = ()
    replica_sets: tuple[Data, ...] = ()
    events: Mapping[str, tuple[Data, ...]] = field(default_factory=dict)
    logs: Mapping[tuple[str, str], Log] = field(default_factory=dict)
    cache: Data = field(default_factory=dict)
    loaders: tuple[Data, ...] = ()

    def log(self, pod: Data, container: Data) -> Log:
        """Return what was read of a log."""
        return self.logs.get((text(pod, ("metadata", "name")), text(container, ("name",))), Log())

    def messages(self, item: Data, *reasons: str, kind: str = "Warning") -> list[str]:
        """Return the messages of an object's events with these reasons, or with any, the newest first."""
        found = self.events.get(text(item, ("metadata", "uid")), ())
        told = (each for each in found if text(each, ("type",)) == kind)
        fitting = [each for each in told if not reasons or text(each, ("reason",)) in reasons]
        return [text(each, ("message",)) for each in sorted(fitting, key=_time, reverse=True)]


def _time(event: Data) -> str:
    """Return when an event was last seen: RFC 3339 in UTC, which sorts as text."""
    places = (
        ("series", "lastObservedTime"),
        ("lastTimestamp",),
        ("eventTime",),
        ("metadata", "creationTimestamp"),
    )
    return next((found for path in places if (found := text(event, path))), "")
