"""KServe's settings in a cluster: the ConfigMap that its controllers read (pkg/apis/serving/v1beta1/configmap.go)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kitserve.cluster.paths import maps

if TYPE_CHECKING:
    Data = dict[str, Any]

CONFIG_MAP = "inferenceservice-config"
HOME = "kserve"
"""The namespace in which KServe usually is."""
HOOKS = "admissionregistration.k8s.io/v1"
SERVICES_HOOK = "inferenceservice.serving.kserve.io"
"""KServe's MutatingWebhookConfiguration."""


def home(hook: Data | None) -> str:
    """Return the namespace of KServe's controller: that of its webhook, else the usual one."""
    for each in maps((hook or {}).get("webhooks"))[:1]:
        config = each.get("clientConfig")
        service = config.get("service") if isinstance(config, dict) else None
        found = service.get("namespace") if isinstance(service, dict) else None
        if isinstance(found, str) and found:
            return found
    return HOME


def section(config_map: Data | None, name: str) -> Data | None:
    """Return a section of the ConfigMap with its keys in lower case, as Go reads them; None without one."""
    data = (config_map or {}).get("data")
    said = data.get(name) if isinstance(data, dict) else None
    try:
        found = json.loads(said) if isinstance(said, str) else None
    except (ValueError, RecursionError):
        return None
    return {key.lower(): value for key, value in found.items()} if isinstance(found, dict) else None
