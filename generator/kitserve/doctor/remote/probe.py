"""A pod that asks the registries from inside: the initializer's own `--check`, with the cluster's logins."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from kitserve.cluster.api_server import Refused
from kitserve.cluster.inquiry import NotKnown, path_to
from kitserve.crds.lookup import mapping, maps, text, whole
from kitserve.doctor.check import Check, Subject
from kitserve.doctor.environment import references
from kitserve.doctor.remote.probe_end import GROUP, PULLS, told
from kitserve.doctor.remote.probe_pod import SECONDS, Place, places, pod_of
from kitserve.errors import ClusterUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.api_server import Request
    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent

    Data = dict[str, Any]

_EVERY_SECONDS = 1.0
_ENDED = ("Succeeded", "Failed")
_FATAL = (*PULLS, "CreateContainerConfigError", "CreateContainerError")


def checks(request: Request, ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield what the initializer says of each ModelKit, from pods that are removed in any case."""
    subject = Subject(GROUP, "pod")
    if not text(intent.container, ("image",)):
        yield subject.unknown("neither the values nor the cluster name the initializer's image")
        return
    if not (found := places(intent)):
        yield subject.unknown(
            "no service has a ModelKit that an initializer fetches", "name the values: -f values.yaml"
        )
    for place in found:
        awaited = _awaited(ask, intent, place.namespace)
        yield from (_waiting(each, awaited) for each in _asked(request, intent, place))


def _awaited(ask: Inquiry, intent: Intent, namespace: str) -> list[str]:
    """Return the Secrets that the release makes and the cluster hasn't: a pod can't have them yet."""
    found = []
    for _, kind, name, _ in references(intent.container):
        if kind == "Secret" and name not in found and intent.makes(kind, name, namespace):
            with suppress(NotKnown):
                if ask.metadata(path_to("v1", "secrets", name, namespace)) is None:
                    found.append(name)
    return found


def _waiting(check: Check, awaited: list[str]) -> Check:
    """Return a check of a pod; what fails may be for want of Secrets that aren't applied yet."""
    if check.result != "error" or not awaited:
        return check
    said = f"{check.said}; these values make the Secret {', '.join(awaited)}, which isn't there yet"
    return Subject(check.group, check.about).unknown(said, "apply the Secret first, and ask again")


def _asked(request: Request, intent: Intent, place: Place) -> Iterator[Check]:
    subject = Subject(GROUP, f"{place.namespace}: pod")
    try:
        with _pod(request, intent, place) as path:
            pod = _ended(request, path)
            yield from told(pod, place, _lines(request, path, pod))
    except Refused as refused:
        status = refused.status
        said = str(status.get("message") or status.get("reason") or status.get("code"))
        report = subject.unknown if "cannot create resource" in said else subject.error
        yield report(f"the pod that asks isn't admitted: {said}")
    except (ClusterUnavailable, NotKnown) as error:
        yield subject.unknown(str(error))


@contextmanager
def _pod(request: Request, intent: Intent, place: Place) -> Iterator[str]:
    """Create the pod, and remove it whatever happens, also to the answer. Yields its path."""
    pod = pod_of(intent, place)
    listed = path_to("v1", "pods", namespace=place.namespace)
    path = f"{listed}/{text(pod, ('metadata', 'name'))}"
    try:
        request("post", listed, body=pod, field_manager="kitserve")
        yield path
    finally:
        with suppress(Refused, ClusterUnavailable):
            request("delete", path, grace_period_seconds=0)


def _ended(request: Request, path: str) -> Data:
    """Return the pod once it has ended, or can't start; or as it is when its time is up."""
    end = time.monotonic() + SECONDS
    while True:
        pod = request("get", path)
        if text(pod, ("status", "phase")) in _ENDED or _is_stuck(pod) or time.monotonic() > end:
            return pod
        time.sleep(_EVERY_SECONDS)


def _is_stuck(pod: Data) -> bool:
    """Return whether no container of the pod runs any more, and one can't start."""
    states = [mapping(each, ("state",)) for _, each in maps(pod, ("status", "containerStatuses"))]
    waiting = [text(each, ("waiting", "reason")) for each in states]
    return any(reason in _FATAL for reason in waiting) and not any("running" in each for each in states)


def _lines(request: Request, path: str, pod: Data) -> dict[str, str]:
    """Return the last line of each container that ended well: what fails has its line in the pod's status."""
    found = {}
    for _, each in maps(pod, ("status", "containerStatuses")):
        name = text(each, ("name",))
        if whole(each, ("state", "terminated", "exitCode")) == 0:
            query = [("container", name), ("tailLines", "1"), ("limitBytes", "4096")]
            with suppress(Refused, ClusterUnavailable):
                answer = request("get", f"{path}/log", query_params=query, serialize=False)
                found[name] = text(answer, ("text",))
    return found
