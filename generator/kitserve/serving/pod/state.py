"""A pod of a service: how far it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitserve.crds.lookup import at, maps, text
from kitserve.serving.messages import explained
from kitserve.serving.pod import containers, loading
from kitserve.serving.pod.hindrance import coming, hindrance
from kitserve.serving.standing import Cause, Standing, stopped_by
from kitserve.serving.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.crds.lookup import Data
    from kitserve.serving.evidence import Evidence

_OWN_LIMIT = re.compile(
    r"exceeds the (?:total )?limit|[Uu]sage of EmptyDir|exceeded its local ephemeral storage limit"
)
_LIMIT = "raise the limit of ephemeral storage (of the initializer: `resources.limits`), or unpack less"
_DISK = "the node has too little disk for the model: with ephemeral-storage in its requests a pod goes where it fits"
_SCARCE = (
    (
        re.compile(r"\bmemory\b|MemoryPressure"),
        "the node has too little memory: with as much in its requests as in its limits a pod goes where it fits",
    ),
    (re.compile(r"\bpids\b|PIDPressure"), "too many processes run on the node"),
)
"""What a node has too little of, by an eviction's message (pkg/kubelet/eviction of Kubernetes); else it is disk."""


def standing(pod: Data, evidence: Evidence) -> Standing:
    """Return how far a pod is, by its first part that isn't ready."""
    name = told(text(pod, ("metadata", "name")))
    found = next(_standings(pod, evidence), Standing("ready"))
    return Standing(found.state, found.detail, found.cause, found.percent, name)


def is_ready(pod: Data) -> bool:
    """Return whether a pod serves."""
    return condition(pod, "Ready").get("status") == "True" and not is_going(pod)


def is_going(pod: Data) -> bool:
    """Return whether a pod is being deleted."""
    return bool(text(pod, ("metadata", "deletionTimestamp")))


def condition(item: Data, kind: str) -> Data:
    """Return the condition of a type in an object's status, empty without one."""
    found = (each for _, each in maps(item, ("status", "conditions")))
    return next((each for each in found if each.get("type") == kind), {})


def _standings(pod: Data, evidence: Evidence) -> Iterator[Standing]:
    """Yield the standing of each part that isn't ready, in the order in which a pod gets them."""
    if text(pod, ("status", "phase")) == "Failed" and (gone := _ended(pod)):
        yield stopped_by(gone)
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        yield stopped_by(explained(scheduled.get("message"), "no node takes the pod: {}"))
    for container, status in containers.with_status(pod, "initContainers"):
        if not _is_past(container, status):
            yield _initial(pod, container, status, evidence)
    for container, status in containers.with_status(pod, "containers"):
        if status.get("ready") is not True:
            yield _serving(pod, container, status, evidence)


def _ended(pod: Data) -> Cause | None:
    """Return why the kubelet or the cluster ended a pod; None if its containers tell more."""
    reason, message = text(pod, ("status", "reason")), told(text(pod, ("status", "message")))
    if not reason:
        return None
    if reason != "Evicted":
        return Cause(f"the pod was ended ({told(reason)}): {message}")
    is_own = bool(_OWN_LIMIT.search(message))
    first = message.partition(". ")[0]
    scarce = next((hint for pattern, hint in _SCARCE if pattern.search(first)), _DISK)
    return Cause(
        f"the node evicted the pod: {message.rstrip('. ')}", _LIMIT if is_own else scarce, is_final=is_own
    )


def _is_past(container: Data, status: Data) -> bool:
    """Return whether the pod goes on behind an init container: it succeeded, or is a sidecar that runs."""
    if at(status, ("state", "terminated", "exitCode")) == 0:
        return True
    return container.get("restartPolicy") == "Always" and status.get("started") is True


def _initial(pod: Data, container: Data, status: Data, evidence: Evidence) -> Standing:
    log = evidence.log(pod, container)
    is_loader = containers.is_loader(container)
    if is_loader and (stranger := _stranger(container, status)):
        return stopped_by(stranger)
    if cause := hindrance(pod, container, status, evidence):
        return stopped_by(cause)
    if is_loader and (containers.is_running(status) or containers.ended(status)):
        return loading.standing(container, status, log.tail)
    if cause := _crash(container, status, log.tail):
        return stopped_by(cause)
    return coming(pod, evidence)


def _stranger(container: Data, status: Data) -> Cause | None:
    """Return that another initializer got the ModelKit, unless it runs well."""
    ended = containers.ended(status) or containers.ended_before(status)
    if containers.is_running(status) and not ended:
        return None
    return loading.foreign(container, text(ended, ("message",)))


def _serving(pod: Data, container: Data, status: Data, evidence: Evidence) -> Standing:
    log = evidence.log(pod, container)
    if cause := hindrance(pod, container, status, evidence) or _crash(container, status, log.tail):
        return stopped_by(cause)
    if not containers.is_running(status):
        return coming(pod, evidence)
    unhealthy = next(iter(evidence.messages(pod, "Unhealthy")), "")
    before = containers.ended_before(status)
    former = _former(container, before, log.previous) if before else None
    return Standing("starting", told(unhealthy), former)


def _crash(container: Data, status: Data, log: str) -> Cause | None:
    ended = containers.ended(status)
    if not ended or (containers.exit_code(ended) == 0 and not containers.crashes(status)):
        return None
    again = containers.crashes(status)
    last = _last_line(text(ended, ("message",)) or log)
    return containers.out_of_memory(container, ended) or containers.crash(
        container, ended, last, is_final=again
    )


def _former(container: Data, ended: Data, log: str) -> Cause | None:
    """Return why a container that runs again ended before."""
    if containers.exit_code(ended) == 0:
        return None
    last = _last_line(text(ended, ("message",)) or log)
    return containers.out_of_memory(container, ended) or containers.crash(
        container, ended, last, is_final=False
    )


def _last_line(text_: str) -> str:
    written = [line for line in text_.splitlines() if line.strip()]
    return told(written[-1]) if written else ""
