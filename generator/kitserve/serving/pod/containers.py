"""Containers of a pod: what each waits for, and how it ended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitserve.crds.lookup import at, items, mapping, text, whole
from kitserve.render.manifests.image_volume import SCHEME
from kitserve.serving.commands import POD
from kitserve.serving.modelkits import strings
from kitserve.serving.standing import Cause
from kitserve.serving.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.crds.lookup import Data

INITIALIZER = "storage-initializer"
_CRASHES = "CrashLoopBackOff"
_OUT_OF_MEMORY = "OOMKilled"
_UNSTARTED = {"StartError", "RunContainerError"}
# runc, where the limit is less than it needs itself (libcontainer).
_TOO_LITTLE = re.compile(r"unable to set memory limit|OOM-killed")


def with_status(pod: Data, field: str) -> Iterator[tuple[Data, Data]]:
    """Yield the containers of a pod, `initContainers` or `containers`, each with its status."""
    statuses = {text(each, ("name",)): each for each in items(pod, ("status", f"{field[:-1]}Statuses"))}
    for container in items(pod, ("spec", field)):
        if isinstance(container, dict):
            yield container, statuses.get(text(container, ("name",)), {})


def is_loader(container: Data) -> bool:
    """Return whether a container unpacks ModelKits."""
    return any(each.startswith(SCHEME) for each in strings([container.get("args"), container.get("command")]))


def role(container: Data) -> str:
    """Return whose image a container has."""
    name = text(container, ("name",))
    return (
        "the initializer's image"
        if is_loader(container) or name == INITIALIZER
        else f"the image of {told(name)}"
    )


def is_running(status: Data) -> bool:
    """Return whether a container runs."""
    return at(status, ("state", "running")) is not None


def crashes(status: Data) -> bool:
    """Return whether a container is kept from starting again because it ended too often."""
    return text(status, ("state", "waiting", "reason")) == _CRASHES


def ended(status: Data) -> Data:
    """Return how a container ended that isn't running: now, or before the kubelet makes it wait."""
    return mapping(status, ("state", "terminated")) or (
        mapping(status, ("lastState", "terminated")) if crashes(status) else {}
    )


def ended_before(status: Data) -> Data:
    """Return how the run before ended."""
    return mapping(status, ("lastState", "terminated"))


def exit_code(terminated: Data) -> int | None:
    """Return the exit code of a container that ended, None of one that didn't."""
    return whole(terminated, ("exitCode",))


def out_of_memory(container: Data, state: Data) -> Cause | None:
    """Return that its memory limit ended a container, or that it can't start in it, by how it ended or why it waits."""
    reason, message = text(state, ("reason",)), text(state, ("message",))
    is_killed = reason == _OUT_OF_MEMORY
    if not is_killed and not (reason in _UNSTARTED and _TOO_LITTLE.search(message)):
        return None
    limit = told(mapping(container, ("resources", "limits")).get("memory"))
    name = told(container.get("name"))
    beyond = f" ({limit})" if limit else ""
    value = "`resources.limits.memory`" if name == INITIALIZER else "the memory limit of the service"
    sentence = (
        f"the container {name} used more memory than its limit{beyond} and was killed"
        if is_killed
        else f"the container {name} can't start: its memory limit{beyond} is too low"
    )
    return Cause(sentence, f"raise {value}", is_final=True)


def crash(container: Data, terminated: Data, last_line: str, *, is_final: bool) -> Cause:
    """Return why a server ended, by the last line of its log."""
    name, code = told(container.get("name")), exit_code(terminated)
    said = f": {last_line}" if last_line else ""
    reason = told(terminated.get("reason"))
    how = f"exit code {code}" if reason in {"", "Error", "Completed"} else f"exit code {code} ({reason})"
    return Cause(
        f"the container {name} ended with {how}{said}",
        f"`kubectl logs {POD} -c {name} --previous` shows all of its log",
        is_final,
    )
