"""A pod that asks the registries from inside: the initializer's own `--check`, with the cluster's logins."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from kitserve.cluster.api_server import Refused
from kitserve.cluster.inquiry import NotKnown, path_to
from kitserve.crds.lookup import items, mapping, maps, text, whole
from kitserve.doctor.check import Check, Subject
from kitserve.errors import ClusterUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kitserve.cluster.api_server import Request
    from kitserve.doctor.intent import Intent

    Data = dict[str, Any]

GROUP = "From the cluster"
_SECONDS = 120
"""How long the pod may live: the API server ends it if nobody removes it."""
_EVERY_SECONDS = 1.0
_MOST = 16
"""ModelKits that one pod asks for."""
_STAMP = re.compile(r"\A[0-9T:.-]+Z [A-Z]+ ")
"""Time and level, before a line of the initializer's log."""
_ENDED = ("Succeeded", "Failed")
_PULL = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
_FATAL = (*_PULL, "CreateContainerConfigError", "CreateContainerError")
_RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_RESOURCES = {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}}
"""Of each container, whatever the release's initializer gets: nothing is unpacked here."""


@dataclass(frozen=True)
class Place:
    """Where a pod runs, and what it asks for: services that share a namespace and an account are asked by one."""

    namespace: str
    account: str
    uris: tuple[str, ...]
    pull_secrets: tuple[str, ...]


def places(intent: Intent) -> list[Place]:
    """Return the pods that ask for all ModelKits of what is to run."""
    found: dict[tuple[str, str], list[Any]] = {}
    for each in intent.workloads:
        if each.kits:
            found.setdefault((each.namespace, each.account), []).append(each)
    return [
        Place(
            namespace,
            account,
            tuple(dict.fromkeys(uri for each in several for uri in each.kits)),
            tuple(dict.fromkeys(name for each in several for name in each.pull_secrets)),
        )
        for (namespace, account), several in sorted(found.items())
    ]


def checks(request: Request, intent: Intent) -> Iterator[Check]:
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
        yield from _asked(request, intent, place)


def pod_of(intent: Intent, place: Place) -> Data:
    """Return the pod: a container for each ModelKit, with the release's image and environment; it fits `restricted`."""
    container = {
        "image": text(intent.container, ("image",)),
        **{key: intent.container[key] for key in ("imagePullPolicy",) if intent.container.get(key)},
        "env": items(intent.container, ("env",)),
        "resources": _RESOURCES,
        "securityContext": mapping(intent.container, ("securityContext",)) or _RESTRICTED,
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }
    named = enumerate(place.uris[:_MOST])
    spec = {
        "activeDeadlineSeconds": _SECONDS,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 0,
        "containers": [
            {"name": f"check-{number}", **container, "args": ["--check", uri]} for number, uri in named
        ],
    }
    if place.account:
        spec["serviceAccountName"] = place.account
    if place.pull_secrets:
        spec["imagePullSecrets"] = [{"name": name} for name in place.pull_secrets]
    metadata = {
        "name": f"kitserve-doctor-{token_hex(4)}",
        "labels": {"app.kubernetes.io/name": "kitserve-doctor"},
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


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
    end = time.monotonic() + _SECONDS
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


def told(pod: Data, place: Place, lines: Mapping[str, str]) -> Iterator[Check]:
    """Yield what became of each container: the initializer's sentence, or why it didn't start.

    `lines` are the last lines of those that ended well, by name.
    """
    states = {
        text(each, ("name",)): mapping(each, ("state",))
        for _, each in maps(pod, ("status", "containerStatuses"))
    }
    for number, uri in enumerate(place.uris[:_MOST]):
        name, subject = f"check-{number}", Subject(GROUP, uri)
        state = states.get(name, {})
        if whole(state, ("terminated", "exitCode")) == 0:
            said = _STAMP.sub("", lines.get(name, "")) or "ok"
            yield subject.ok(f"from a pod in {place.namespace}: {said}")
        else:
            yield _failed(subject, place, state, pod)
    if len(place.uris) > _MOST:
        subject = Subject(GROUP, f"{place.namespace}: pod")
        yield subject.unknown(
            f"{len(place.uris) - _MOST} more ModelKits weren't asked for", "name fewer services"
        )


def _failed(subject: Subject, place: Place, state: Data, pod: Data) -> Check:
    ended, waiting = mapping(state, ("terminated",)), mapping(state, ("waiting",))
    code, message = whole(ended, ("exitCode",)), text(ended, ("message",)).strip()
    if ended:
        said = _STAMP.sub("", message.splitlines()[-1]) if message else text(ended, ("reason",))
        message = f"from a pod in {place.namespace}: {said} (exit code {code})"
        return subject.error(message, f"`kitserve explain {code}` says more")
    if text(waiting, ("reason",)) in _PULL:
        said = text(waiting, ("message",)) or text(waiting, ("reason",))
        return subject.error(
            f"the initializer's image can't be pulled: {said}", "correct `image`, or `imagePullSecrets`"
        )
    scheduled = [
        each for _, each in maps(pod, ("status", "conditions")) if each.get("type") == "PodScheduled"
    ]
    blocked = text(scheduled[0], ("message",)) if scheduled and scheduled[0].get("status") == "False" else ""
    said = blocked or text(waiting, ("message",)) or text(waiting, ("reason",)) or "it didn't end in time"
    return subject.error(
        f"the pod in {place.namespace} didn't run: {said}", f"kubectl -n {place.namespace} get events"
    )
