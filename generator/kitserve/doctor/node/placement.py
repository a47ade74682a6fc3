"""Whether a node that is there may take a service's pod: by its node selector, tolerations and requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.check.object_rules.quantities import amount
from kitserve.crds.lookup import mapping, maps, text
from kitserve.doctor.check import Check, Subject
from kitserve.doctor.kserve import runtimes
from kitserve.doctor.namespace.pods import pod_of
from kitserve.doctor.namespace.quota import of_pod, shown
from kitserve.doctor.node.room import GROUP, usable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent
    from kitserve.doctor.workload import Workload

    Data = dict[str, Any]

_KEEPS_OUT = ("NoSchedule", "NoExecute")
_REQUESTS = "requests."
_HINT = "correct what the service asks for, or add such a node; an autoscaler of nodes may do that by itself"


def placement(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield for each service whether a node may take its pod; affinity, and what runs there, aren't looked at."""
    for service in intent.services:
        subject = Subject(GROUP, f"for {service.namespace}/{service.name}")
        yield from subject.tell(_placed, ask, intent, service, subject)


def _placed(ask: Inquiry, intent: Intent, service: Workload, subject: Subject) -> Iterator[Check]:
    runtime = mapping(runtimes.chosen_of(service, runtimes.there(ask, intent, service.namespace)), ("spec",))
    predictor = mapping(service.item, ("spec", "predictor"))
    selector = {**mapping(runtime, ("nodeSelector",)), **mapping(predictor, ("nodeSelector",))}
    tolerations = [each for source in (runtime, predictor) for _, each in maps(source, ("tolerations",))]
    needed = of_pod(pod_of(ask, intent, service)["spec"], [])
    requests = {name.removeprefix(_REQUESTS): n for name, n in needed.items() if name.startswith(_REQUESTS)}
    nodes = usable(ask)
    faults = [next(_faults(each, selector, tolerations, requests), "") for each in nodes]
    if not nodes:
        return
    if all(faults):
        counts = "; ".join(f"{faults.count(said)} {said}" for said in dict.fromkeys(faults))
        yield subject.warning(f"no node takes a pod of it: of {len(nodes)}, {counts}", _HINT)
    else:
        yield subject.ok(f"{faults.count('')} of {len(nodes)} may take a pod of it")


def _faults(
    node: Data, selector: Data, tolerations: list[Data], requests: dict[str, Fraction]
) -> Iterator[str]:
    """Yield why a node doesn't take a pod, as the scheduler's filters see it."""
    labels = mapping(node, ("metadata", "labels"))
    lacking = [f"{key}={value}" for key, value in selector.items() if labels.get(key) != value]
    if lacking:
        yield f"without the label {', '.join(lacking)}"
    for _, taint in maps(node, ("spec", "taints")):
        if taint.get("effect") in _KEEPS_OUT and not any(_tolerates(each, taint) for each in tolerations):
            yield f"with the taint {text(taint, ('key',))}, which the pod doesn't tolerate"
    there = mapping(node, ("status", "allocatable"))
    for name, wanted in requests.items():
        has = amount(there.get(name, 0))
        if wanted and has is not None and wanted > has:
            yield f"with less {name} than the {shown(name, wanted)} that it requests"


def _tolerates(toleration: Data, taint: Data) -> bool:
    """Return whether a toleration fits a taint (k8s.io/api/core/v1, ToleratesTaint)."""
    if toleration.get("effect") not in {None, "", taint.get("effect")}:
        return False
    key, operator = toleration.get("key") or "", toleration.get("operator") or "Equal"
    if key not in {"", taint.get("key")}:
        return False
    return operator == "Exists" or (
        bool(key) and (toleration.get("value") or "") == (taint.get("value") or "")
    )
