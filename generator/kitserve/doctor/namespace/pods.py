"""The pod of a service as KServe makes it, as far as admission looks at it: what it requests, and whether it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.check.object_rules.inferenceservice.implementations import effective_model
from kitserve.cluster.inquiry import path_to
from kitserve.crds.lookup import items, mapping, maps, text
from kitserve.doctor.kserve import runtimes
from kitserve.doctor.kserve.installation import settings
from kitserve.render.manifests.clusterstoragecontainer import CONTAINER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent
    from kitserve.doctor.workload import Workload

    Data = dict[str, Any]

_SERVER = "kserve-container"
_JUDGED = ("image", "resources", "securityContext", "ports")
"""Fields of a container that admission looks at."""
_POD = ("securityContext", "volumes", "hostNetwork", "hostPID", "hostIPC", "runtimeClassName")
_SETTINGS = {
    "requests": {"cpu": "cpurequest", "memory": "memoryrequest"},
    "limits": {"cpu": "cpulimit", "memory": "memorylimit"},
}


def pod_of(ask: Inquiry, intent: Intent, service: Workload) -> Data:
    """Return a pod of an InferenceService, less what only its containers care for. Raises NotKnown."""
    runtime = mapping(runtimes.chosen_of(service, runtimes.there(ask, intent, service.namespace)), ("spec",))
    predictor = mapping(service.item, ("spec", "predictor"))
    spec = {key: value for source in (runtime, predictor) for key, value in source.items() if key in _POD}
    volumes = [each for source in (runtime, predictor) for each in items(source, ("volumes",))]
    containers = [
        _server(ask, service, runtime),
        *_others(runtime, "containers"),
        *_others(predictor, "containers"),
    ]
    initializers = [
        *_others(predictor, "initContainers"),
        *(_initializer(ask, intent) if service.kits else ()),
    ]
    spec |= {
        "containers": _by_name(filter(None, containers)),
        "initContainers": _by_name(initializers),
        "volumes": _by_name(volumes),
    }
    if service.account and not _is_new_account(ask, intent, service):
        spec["serviceAccountName"] = service.account
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"generateName": "kitserve-doctor-", "namespace": service.namespace},
        "spec": {key: value for key, value in spec.items() if value},
    }


def _is_new_account(ask: Inquiry, intent: Intent, service: Workload) -> bool:
    made = intent.makes("ServiceAccount", service.account, service.namespace)
    return (
        bool(made) and ask.get(path_to("v1", "serviceaccounts", service.account, service.namespace)) is None
    )


def _server(ask: Inquiry, service: Workload, runtime: Data) -> Data:
    """Return the model's container: the runtime's, with the service's fields over it."""
    path = effective_model(service.item)
    model = mapping(service.item, path) if path else {}
    named = [each for _, each in maps(runtime, ("containers",)) if each.get("name") == _SERVER]
    if not (model or named):
        return {}
    base = named[0] if named else {}
    usual = mapping(settings(ask, "inferenceService") or {}, ("resource",))
    defaults = _resources({key.lower(): value for key, value in usual.items()})
    resources = _over(mapping(base, ("resources",)), _over(defaults, mapping(model, ("resources",))))
    return {
        "name": _SERVER,
        "image": "model-server",
        **_judged(base),
        **_judged(model),
        "resources": resources,
    }


def _initializer(ask: Inquiry, intent: Intent) -> Iterator[Data]:
    base = _resources(settings(ask, "storageInitializer") or {})
    resources = _over(base, mapping(intent.container, ("resources",)))
    yield {"image": "initializer", **_judged(intent.container), "name": CONTAINER, "resources": resources}


def _others(source: Data, field: str) -> list[Data]:
    found = (each for _, each in maps(source, (field,)) if each.get("name") != _SERVER)
    return [{"image": "image", **_judged(each), "name": text(each, ("name",))} for each in found]


def _by_name(found: Iterable[Data]) -> list[Data]:
    """Return those of different names, the last of each: KServe merges a service's over the runtime's."""
    return list({text(each, ("name",)): each for each in found}.values())


def _judged(container: Data) -> Data:
    return {key: container[key] for key in _JUDGED if container.get(key)}


def _resources(said: Data) -> Data:
    return {
        kind: {name: said[key] for name, key in keys.items() if isinstance(said.get(key), str)}
        for kind, keys in _SETTINGS.items()
    }


def _over(base: Data, upper: Data) -> Data:
    kinds = ("requests", "limits")
    return {kind: {**mapping(base, (kind,)), **mapping(upper, (kind,))} for kind in kinds}
