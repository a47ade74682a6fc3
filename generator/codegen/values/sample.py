"""Services to begin from, which chart/values.yaml shows as comments."""

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from kitserve.values.schema import Schema

WIDTH = 110
SAMPLES: dict[str, dict[str, Any]] = {
    "inferenceServices": {
        "iris": {
            "storageUri": "kit://registry.example.com/models/iris:v1",
            "modelFormat": {"name": "sklearn"},
            "protocolVersion": "v2",
            "minReplicas": 1,
            "maxReplicas": 3,
            "resources": {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"memory": "2Gi"}},
            "env": [{"name": "LOG_LEVEL", "value": "info"}],
            "predictor": {
                "nodeSelector": {"kubernetes.io/arch": "amd64"},
                "tolerations": [{"key": "models", "operator": "Exists", "effect": "NoSchedule"}],
            },
        }
    },
    "llmInferenceServices": {
        "chat": {
            "uri": f"kit://registry.example.com/models/chat:v1@sha256:{'0f' * 32}",
            "replicas": 1,
            "resources": {
                "limits": {"cpu": "4", "memory": "32Gi", "nvidia.com/gpu": "1"},
                "requests": {"cpu": "4", "memory": "32Gi", "nvidia.com/gpu": "1"},
            },
            "router": {"gateway": {}, "route": {}, "scheduler": {}},
        }
    },
}
"""By the value whose first entry it is."""


def commented(name: str, node: Schema) -> Iterator[str]:
    """Yield the lines below a value without entries: an entry as a comment, each key under its description."""
    if name not in SAMPLES:
        return
    yield "  # Such as this one. To use it, remove `{}` above, and the first `# ` of each line:"
    yield from (f"  # {line}".rstrip() for line in _entries(SAMPLES[name], node))


def _entries(values: dict[str, Any], node: Schema) -> Iterator[str]:
    for name, value in values.items():
        (entry,) = node["patternProperties"].values()
        yield f"{name}:"
        for key, inner in value.items():
            yield from comment(entry["properties"][key]["description"], "  ")
            yield from (f"  {line}" for line in _written(key, inner))


def comment(text: str, indent: str) -> list[str]:
    """Return a description as lines of a comment."""
    hash_ = f"{indent}# "
    return textwrap.wrap(text, WIDTH, initial_indent=hash_, subsequent_indent=hash_, break_on_hyphens=False)


def _written(key: str, value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict) and value and not all(isinstance(inner, str) for inner in value.values()):
        yield f"{key}:"
        for name, inner in value.items():
            yield from (f"  {line}" for line in _written(name, inner))
    else:
        yield f"{key}: {_flow(value)}"


def _flow(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a value in YAML's flow style; a string is quoted if it looks like something else."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return value if isinstance(value, str) and value[:1].isalpha() else json.dumps(value, ensure_ascii=False)
