"""How far a service is, and what is in its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["failed", "retrying", "waiting", "loading", "starting", "ready", "stopped"]
"""`failed`: it won't be Ready until somebody changes something; `retrying`: it may pass by itself; `waiting`: no pod
runs yet; `loading`: the model comes; `starting`: the model is there, and its server isn't Ready."""
ORDER: tuple[State, ...] = ("failed", "retrying", "waiting", "loading", "starting", "ready", "stopped")
"""Of several pods the first of these is the service's."""


@dataclass(frozen=True)
class Cause:
    """Why something fails, in one sentence, and what to do about it.

    `is_final`: no retry of the cluster's mends it. `exit_code` is the initializer's, None without one.
    """

    sentence: str
    hint: str = ""
    is_final: bool = False
    exit_code: int | None = None

    @property
    def state(self) -> State:
        """The state of what it stops."""
        return "failed" if self.is_final else "retrying"


@dataclass(frozen=True)
class Standing:
    """The state of a pod, or of a service; `detail` says what goes on, `percent` how much of the model is there.

    A cause beside `loading` is that of the run before.
    """

    state: State
    detail: str = ""
    cause: Cause | None = None
    percent: int | None = None
    pod: str = ""


def stopped_by(cause: Cause, pod: str = "") -> Standing:
    """Return the standing of what a cause stops."""
    return Standing(cause.state, cause=cause, pod=pod)


def worst(standings: list[Standing]) -> Standing | None:
    """Return the standing that decides; None of none."""
    return min(standings, key=lambda each: ORDER.index(each.state), default=None)
