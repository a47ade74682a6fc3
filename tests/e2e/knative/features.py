"""Knative's features, which are off until an administrator switches them on."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.kubectl import Kubectl

NAMESPACE = "knative-serving"


@contextmanager
def switched_on(kubectl: Kubectl, *names: str) -> Iterator[None]:
    """Have features on for a while; Knative's webhook reads its ConfigMap as it changes."""
    within = kubectl.within(NAMESPACE)
    _patch(within, dict.fromkeys(names, "enabled"))
    try:
        yield
    finally:
        _patch(within, dict.fromkeys(names))


def _patch(kubectl: Kubectl, data: dict[str, str | None]) -> None:
    patch = json.dumps({"data": data})
    kubectl.run("patch", "configmap/config-features", "--type=merge", "--patch", patch)
