"""What became of the pod that asked the registries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kitserve.crds.lookup import mapping, maps, text, whole
from kitserve.doctor.check import Check, Subject
from kitserve.doctor.remote.probe_pod import MOST, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Data = dict[str, Any]

GROUP = "From the cluster"
_STAMP = re.compile(r"\A[0-9T:.-]+Z [A-Z]+ ")
"""Time and level, before a line of the initializer's log."""
PULLS = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")


def told(pod: Data, place: Place, lines: Mapping[str, str]) -> Iterator[Check]:
    """Yield what became of each container: the initializer's sentence, or why it didn't start.

    `lines` are the last lines of those that ended well, by name.
    """
    states = {
        text(each, ("name",)): mapping(each, ("state",))
        for _, each in maps(pod, ("status", "containerStatuses"))
    }
    for number, uri in enumerate(place.uris[:MOST]):
        name, subject = f"check-{number}", Subject(GROUP, uri)
        state = states.get(name, {})
        if whole(state, ("terminated", "exitCode")) == 0:
            said = _STAMP.sub("", lines.get(name, "")) or "ok"
            yield subject.ok(f"from a pod in {place.namespace}: {said}")
        else:
            yield _failed(subject, place, state, pod)
    if len(place.uris) > MOST:
        subject = Subject(GROUP, f"{place.namespace}: pod")
        yield subject.unknown(
            f"{len(place.uris) - MOST} more ModelKits weren't asked for", "name fewer services"
        )


def _failed(subject: Subject, place: Place, state: Data, pod: Data) -> Check:
    ended, waiting = mapping(state, ("terminated",)), mapping(state, ("waiting",))
    code, message = whole(ended, ("exitCode",)), text(ended, ("message",)).strip()
    if ended:
        said = _STAMP.sub("", message.splitlines()[-1]) if message else text(ended, ("reason",))
        message = f"from a pod in {place.namespace}: {said} (exit code {code})"
        return subject.error(message, f"`kitserve explain {code}` says more")
    if text(waiting, ("reason",)) in PULLS:
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
