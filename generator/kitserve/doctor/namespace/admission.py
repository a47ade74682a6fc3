"""What a cluster says of a service's pod, by a dry run: Pod Security, quota, limits, and policies of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.cluster.inquiry import path_to
from kitserve.doctor.check import Check, Subject
from kitserve.doctor.intent import is_there
from kitserve.doctor.namespace.existence import GROUP
from kitserve.doctor.namespace.pods import pod_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent
    from kitserve.doctor.workload import Workload

_QUOTA, _SECURITY = "exceeded quota", "PodSecurity"
_NO_RIGHT = "cannot create resource"
"""What RBAC says, where it isn't the pod that is refused."""
_INVALID = "correct that field in the service, by `predictor` in the values, or in its serving runtime"
_LESS = "ask for a larger quota, or let the service request less"


def admission(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield what the cluster says of a pod as each service gets it."""
    for service in intent.services:
        subject = Subject(GROUP, f"{service.namespace}: pod of {service.name}")
        yield from subject.tell(_admitted, ask, intent, service, subject)


def _admitted(ask: Inquiry, intent: Intent, service: Workload, subject: Subject) -> Iterator[Check]:
    pod = pod_of(ask, intent, service)
    status = ask.admits(path_to("v1", "pods", namespace=service.namespace), pod)
    if status is None:
        yield subject.ok("the cluster admits such a pod: Pod Security, quota and limits allow it")
        return
    said = str(status.get("message") or status.get("reason") or status.get("code"))
    if status.get("code") == 404:
        return  # the namespace isn't there, which is told of the namespace
    if _NO_RIGHT in said:
        yield subject.unknown(
            "this login may not create pods, and so can't ask whether the cluster admits one"
        )
    elif status.get("code") == 422:
        yield subject.warning(
            f"the cluster calls such a pod invalid: {said.partition(' is invalid: ')[2] or said}", _INVALID
        )
    elif status.get("code") != 403:
        yield subject.unknown(f"the cluster doesn't say whether it admits such a pod: {said}")
    else:
        yield _refused(subject, said.partition(" is forbidden: ")[2] or said, is_there=is_there(ask, service))


def _refused(subject: Subject, said: str, *, is_there: bool) -> Check:
    if _QUOTA in said and is_there:
        return subject.warning(f"beside the pods that are there, no other one may start: {said}", _LESS)
    hint = "look at the LimitRanges, service accounts and policies of the namespace"
    if _QUOTA in said:
        hint = _LESS
    elif _SECURITY in said:
        hint = "give the containers what it demands, by `securityContext` and `predictor` in the values"
    return subject.error(f"the cluster refuses such a pod: {said}", hint)
