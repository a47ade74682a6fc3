"""The namespaces of services: whether they are there, their level of Pod Security, and whether KServe looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.cluster.inquiry import path_to
from kitserve.crds.lookup import mapping, text
from kitserve.doctor.check import Check, Subject
from kitserve.doctor.kserve import webhooks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent

    Data = dict[str, Any]

GROUP = "Namespaces"
_ENFORCED = "pod-security.kubernetes.io/enforce"


def existence(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield whether each namespace is there, with its Pod Security level, and whether KServe looks at its pods."""
    for name in intent.namespaces:
        subject = Subject(GROUP, name)
        yield from subject.tell(_namespace, ask, name, subject)


def _namespace(ask: Inquiry, name: str, subject: Subject) -> Iterator[Check]:
    found = ask.get(path_to("v1", "namespaces", name))
    if found is None:
        yield subject.error("the namespace isn't there", f"kubectl create namespace {name}")
        return
    if text(found, ("status", "phase")) == "Terminating":
        yield subject.error("the namespace is being deleted", "wait until it is gone, and create it again")
        return
    labels = mapping(found, ("metadata", "labels"))
    if webhooks.ignores(ask, labels):
        hint = f"kubectl label namespace {name} control-plane-"
        yield subject.error(
            "KServe's webhook leaves its pods out because of its labels: no pod gets a model", hint
        )
        return
    yield subject.ok(f"is there, and its Pod Security level is {labels.get(_ENFORCED, 'privileged')}")
