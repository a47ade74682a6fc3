"""The serving runtimes of the cluster: whether one serves each service's model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.check.object_rules.inferenceservice.implementations import effective_model
from kitserve.check.object_rules.inferenceservice.runtime_match import (
    MISSPELT_RUNTIME,
    UNSERVED,
    UNSUITED,
    protocol_of,
    unserved,
)
from kitserve.check.object_rules.servingruntime.known import Runtimes, runtime_of
from kitserve.cluster.inquiry import path_to
from kitserve.crds.lookup import text
from kitserve.doctor.check import Check, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent
    from kitserve.doctor.workload import Workload

    Data = dict[str, Any]

GROUP = "Services"
_API = "serving.kserve.io/v1alpha1"
_KINDS = {"ServingRuntime": "servingruntimes", "ClusterServingRuntime": "clusterservingruntimes"}
_TOLD = {each.code for each in (UNSERVED, UNSUITED, MISSPELT_RUNTIME)}
_CHARTS = "install KServe's runtimes (chart kserve-runtime-configs), or a runtime for this format"


def matches(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield which runtime serves each service's model, or why none does."""
    for service in intent.services:
        if effective_model(service.item):
            subject = Subject(GROUP, f"{service.namespace}/{service.name}: runtime")
            yield from subject.tell(_match, ask, intent, service, subject)


def _match(ask: Inquiry, intent: Intent, service: Workload, subject: Subject) -> Iterator[Check]:
    found = there(ask, intent, service.namespace)
    yield judge(service, found, subject)


def there(ask: Inquiry, intent: Intent, namespace: str) -> list[Data]:
    """Return the runtimes that a namespace has, the release's own among them. Raises NotKnown."""
    found = [
        {**each, "kind": kind}
        for kind, plural in _KINDS.items()
        for each in ask.items(path_to(_API, plural, namespace=namespace if kind == "ServingRuntime" else ""))
    ]
    return [*found, *(each for kind in _KINDS for each in intent.of_kind(kind))]


def judge(service: Workload, found: list[Data], subject: Subject) -> Check:
    """Return whether some of the runtimes serves a service's model, as KServe chooses among them."""
    path = effective_model(service.item) or ()
    known = Runtimes([each for item in found if (each := runtime_of(item))])
    named = text(service.item, (*path, "runtime"))
    if named and not known.named(named):
        close = known.like(named)
        is_off = any(text(each, ("metadata", "name")) == named for each in found)
        message = f"the runtime {named} is disabled" if is_off else f"the cluster has no runtime {named}"
        return subject.error(message, f"did you mean {close}?" if close and close != named else _CHARTS)
    for problem in unserved(service.item, known):
        if problem.code in _TOLD:
            said = problem.message.replace("no runtime of KServe's own", "no runtime of the cluster")
            hint = problem.hint if not problem.hint.endswith("serve ") else _CHARTS
            return subject.error(said, hint)
    form = text(service.item, (*path, "modelFormat", "name")) or str(path[-1])
    chosen = chosen_of(service, found)
    name = text(chosen, ("metadata", "name"))
    return subject.ok(f"{name} serves {form}" if name else f"some runtime serves {form}")


def chosen_of(service: Workload, found: list[Data]) -> Data:
    """Return the runtime that a service names, or the first that serves its format by itself; empty without one."""
    path = effective_model(service.item)
    if path is None:
        return {}
    named, form = text(service.item, (*path, "runtime")), text(service.item, (*path, "modelFormat", "name"))
    wanted = text(service.item, (*path, "modelFormat", "version"))
    protocol = protocol_of(service.item, path, form)
    for item in found:
        each = runtime_of(item)
        if not each:
            continue
        if named and each.name == named:
            return item
        if not named and each.takes(form, wanted, chosen=False) and each.speaks(protocol):
            return item
    return {}
