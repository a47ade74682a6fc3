"""KServe's settings in a cluster: the ConfigMap that its controllers read (pkg/apis/serving/v1beta1/configmap.go)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Data = dict[str, Any]

CONFIG_MAP = "inferenceservice-config"
HOME = "kserve"
"""The namespace in which KServe usually is."""


def section(config_map: Data | None, name: str) -> Data | None:
    """Return a section of the ConfigMap with its keys in lower case, as Go reads them; None without one."""
    data = (config_map or {}).get("data")
    said = data.get(name) if isinstance(data, dict) else None
    try:
        found = json.loads(said) if isinstance(said, str) else None
    except (ValueError, RecursionError):
        return None
    return {key.lower(): value for key, value in found.items()} if isinstance(found, dict) else None
