"""The pod that asks the registries: a container for each ModelKit, as the initializer's, and fit for `restricted`."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from kitserve.crds.lookup import items, mapping, text
from kitserve.values.schema import defaults

if TYPE_CHECKING:
    from kitserve.doctor.intent import Intent

    Data = dict[str, Any]

SECONDS = 120
"""How long the pod may live: the API server ends it if nobody removes it."""
MOST = 16
"""ModelKits that one pod asks for."""
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


def pod_of(intent: Intent, place: Place) -> Data:
    """Return the pod: a container for each ModelKit, with the release's image and environment; it fits `restricted`."""
    container = {
        "image": text(intent.container, ("image",)),
        **{key: intent.container[key] for key in ("imagePullPolicy",) if intent.container.get(key)},
        "env": items(intent.container, ("env",)),
        "resources": _RESOURCES,
        "securityContext": mapping(intent.container, ("securityContext",)) or defaults()["securityContext"],
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }
    named = enumerate(place.uris[:MOST])
    spec = {
        "activeDeadlineSeconds": SECONDS,
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
