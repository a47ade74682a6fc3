"""What quotas leave for the services that aren't there yet."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kitserve.check.object_rules.quantities import amount, amounts
from kitserve.cluster.inquiry import path_to
from kitserve.crds.lookup import mapping, maps, text
from kitserve.doctor.check import Check, Subject
from kitserve.doctor.intent import is_there
from kitserve.doctor.namespace.existence import GROUP
from kitserve.doctor.namespace.pods import pod_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent

    Data = dict[str, Any]
    Amounts = dict[str, Fraction]

_NOTHING = Fraction(0)
_UNIT = 1024


def quotas(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield which quotas have no room for the services that aren't there yet."""
    for name in intent.namespaces:
        subject = Subject(GROUP, f"{name}: quota")
        yield from subject.tell(_quotas, ask, intent, name, subject)


def _quotas(ask: Inquiry, intent: Intent, name: str, subject: Subject) -> Iterator[Check]:
    found = ask.items(path_to("v1", "resourcequotas", namespace=name))
    if not found or not intent.objects:
        return
    needed = needs(ask, intent, name)
    lacking = [said for each in found for said in lacks(each, needed)]
    if lacking:
        hint = "ask for a larger quota, or let the services request less"
        yield subject.error("; ".join(lacking), hint)
    elif count := needed.get("pods"):
        yield subject.ok(
            f"leaves room for {count} more {'pod' if count == 1 else 'pods'} and what they request"
        )


def lacks(quota: Data, needed: Amounts) -> Iterator[str]:
    """Yield the resources of which a ResourceQuota leaves too little; one with scopes isn't for all pods."""
    if mapping(quota, ("spec",)).get("scopes") or mapping(quota, ("spec", "scopeSelector")):
        return
    # A new quota has no status yet.
    hard = mapping(quota, ("status", "hard")) or mapping(quota, ("spec", "hard"))
    used = mapping(quota, ("status", "used"))
    for resource, limit in hard.items():
        # `cpu` is requests.cpu (k8s.io/api/core/v1, ResourceRequestsCPU).
        wanted = needed.get(resource) or needed.get(f"requests.{resource}")
        most, taken = amount(limit), amount(used.get(resource, 0))
        if wanted and most is not None and taken is not None and taken + wanted > most:
            name, left = text(quota, ("metadata", "name")), shown(resource, max(most - taken, _NOTHING))
            yield f"the quota {name} leaves {left} of {resource}, and the pods need {shown(resource, wanted)}"


def needs(ask: Inquiry, intent: Intent, namespace: str) -> Amounts:
    """Return what a quota counts of the services in a namespace that aren't there yet. Raises NotKnown."""
    ranges = ask.items(path_to("v1", "limitranges", namespace=namespace))
    total: Amounts = {}
    for service in intent.services:
        if service.namespace == namespace and not is_there(ask, service):
            for resource, count in of_pod(pod_of(ask, intent, service)["spec"], ranges).items():
                total[resource] = total.get(resource, _NOTHING) + count * service.replicas
    return total


def of_pod(spec: Data, ranges: list[Data]) -> Amounts:
    """Return what a quota counts of a pod: the containers' sum, or what one initializer has more.

    `ranges` are LimitRanges, whose defaults a container gets (plugin/pkg/admission/limitranger of Kubernetes).
    """
    total: Amounts = {"pods": Fraction(1)}
    for kind in ("requests", "limits"):
        running: Amounts = {}
        for each in spec.get("containers", ()):
            for name, number in _effective(each, ranges)[kind].items():
                running[name] = running.get(name, _NOTHING) + number
        for each in spec.get("initContainers", ()):
            for name, number in _effective(each, ranges)[kind].items():
                running[name] = max(running.get(name, _NOTHING), number)
        total |= {f"{kind}.{name}": number for name, number in running.items()}
    return total


def _effective(container: Data, ranges: list[Data]) -> dict[str, Amounts]:
    """Return a container's requests and limits, a limit in place of a missing request, then the ranges' defaults."""
    limits = amounts(mapping(container, ("resources", "limits")))
    requests = limits | amounts(mapping(container, ("resources", "requests")))
    for rule in (each for item in ranges for _, each in maps(item, ("spec", "limits"))):
        if rule.get("type") == "Container":
            requests = amounts(mapping(rule, ("defaultRequest",))) | requests
            limits = amounts(mapping(rule, ("default",))) | limits
    return {"requests": requests, "limits": limits}


def shown(resource: str, number: Fraction) -> str:
    """Return an amount of a resource as people write it."""
    if resource.endswith(("memory", "storage")):
        size = float(number)
        for unit in ("", "Ki", "Mi", "Gi"):
            if size < _UNIT:
                return f"{size:.4g}{unit}"
            size /= _UNIT
        return f"{size:.4g}Ti"
    return f"{float(number):.4g}"
