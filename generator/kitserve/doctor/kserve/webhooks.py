"""Whether KServe's webhooks are there, trusted, and answered, and which namespaces they leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.cluster.inquiry import path_to
from kitserve.cluster.kserve_settings import HOOKS, SERVICES_HOOK
from kitserve.crds.lookup import items, mapping, maps, text
from kitserve.doctor.check import Check, Subject
from kitserve.doctor.kserve.installation import GROUP, INSTALL, is_installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent

    Data = dict[str, Any]

_POD_HOOK = ".pod-mutator"


def webhooks(ask: Inquiry, _: Intent) -> Iterator[Check]:
    """Yield whether KServe's webhooks are there, trusted, and answered by a pod."""
    for kind in ("mutating", "validating") if is_installed(ask) else ():
        subject = Subject(GROUP, f"{kind} webhook")
        yield from subject.tell(_webhook, ask, kind, subject)


def _webhook(ask: Inquiry, kind: str, subject: Subject) -> Iterator[Check]:
    found = ask.get(path_to(HOOKS, f"{kind}webhookconfigurations", SERVICES_HOOK))
    hooks = [each for _, each in maps(found, ("webhooks",))]
    if not hooks:
        effect = "no pod gets an initializer" if kind == "mutating" else "no service is checked"
        yield subject.error(f"KServe's {kind} webhook {SERVICES_HOOK} isn't there: {effect}", INSTALL)
        return
    if not all(text(each, ("clientConfig", "caBundle")) for each in hooks):
        hint = "look at KServe's certificate: cert-manager fills it in"
        yield subject.error(
            f"KServe's {kind} webhook has no certificate authority, so that no call of it works", hint
        )
        return
    service = mapping(hooks[0], ("clientConfig", "service"))
    name, place = text(service, ("name",)), text(service, ("namespace",))
    count = _ready(ask, name, place)
    if count:
        yield subject.ok(
            f"{count} ready {'address answers' if count == 1 else 'addresses answer'} for {name}"
        )
    else:
        hint = f"kubectl -n {place} get pods,endpointslices"
        yield subject.error(
            f"no pod is ready behind {place}/{name}: the API server refuses what it can't ask", hint
        )


def _ready(ask: Inquiry, name: str, place: str) -> int:
    slices = ask.items(
        path_to("discovery.k8s.io/v1", "endpointslices", namespace=place),
        f"kubernetes.io/service-name={name}",
    )
    endpoints = (each for found in slices for _, each in maps(found, ("endpoints",)))
    # A condition that is missing counts as true (EndpointConditions in k8s.io/api/discovery/v1).
    ready = (each for each in endpoints if mapping(each, ("conditions",)).get("ready") is not False)
    return sum(len(items(each, ("addresses",))) for each in ready)


def ignores(ask: Inquiry, labels: Data) -> bool:
    """Return whether KServe's webhook for pods leaves out a namespace with these labels. Raises NotKnown."""
    found = ask.get(path_to(HOOKS, "mutatingwebhookconfigurations", SERVICES_HOOK))
    hooks = [each for _, each in maps(found, ("webhooks",)) if text(each, ("name",)).endswith(_POD_HOOK)]
    return any(not _selects(mapping(each, ("namespaceSelector",)), labels) for each in hooks)


def _selects(selector: Data, labels: Data) -> bool:
    """Return whether a label selector takes labels (k8s.io/apimachinery, LabelSelectorAsSelector)."""
    matched = all(labels.get(key) == value for key, value in mapping(selector, ("matchLabels",)).items())
    return matched and all(_holds(each, labels) for _, each in maps(selector, ("matchExpressions",)))


def _holds(expression: Data, labels: Data) -> bool:
    key, values = text(expression, ("key",)), items(expression, ("values",))
    match text(expression, ("operator",)):
        case "In":
            return key in labels and labels[key] in values
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels
