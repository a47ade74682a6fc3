"""What a cluster said of a namespace, kept as a file: its objects and logs, read as `kitserve status` reads a cluster.

`python -m tests.e2e.record` writes such a file.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kitserve.serving import gathering
from kitserve.serving.status import Status, status

Data = dict[str, Any]
FOLDER = Path(__file__).parent / "recorded"
KINDS = {
    "inferenceservices": "InferenceService",
    "llminferenceservices": "LLMInferenceService",
    "localmodelcaches": "LocalModelCache",
    "pods": "Pod",
    "replicasets": "ReplicaSet",
    "jobs": "Job",
    "events": "Event",
}
SETTINGS = {
    "configmaps": "ConfigMap",
    "mutatingwebhookconfigurations": "MutatingWebhookConfiguration",
}
"""What is read of KServe itself, and isn't recorded."""


@dataclass(frozen=True)
class Recording:
    """Objects of a cluster, and logs by `NAMESPACE/POD/CONTAINER`, or with `/previous` behind that.

    `denied`: kinds that nobody may list, each with a namespace.
    """

    objects: tuple[Data, ...]
    logs: dict[str, str]
    denied: frozenset[tuple[str, str]] = frozenset()

    def may_list(self, kind: str, namespace: str) -> bool:
        """As cluster/reading.py's."""
        return (kind, namespace) not in self.denied

    def items(
        self, api: str, kind: str, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> list[Data]:
        """As cluster/reading.py's; events have the API version v1, and LLMInferenceServices v1alpha2."""
        if api.endswith("v1alpha1") and kind == "llminferenceservices":
            return []
        return [
            each
            for each in self.objects
            if (kind, namespace) not in self.denied
            and each["kind"] == (KINDS | SETTINGS)[kind]
            and namespace in {"", each["metadata"].get("namespace")}
            and _has_labels(each, labels)
            and _has_fields(each, fields)
        ]

    def log(self, namespace: str, pod: str, container: str, **options: str | int | bool) -> str:
        """As cluster/reading.py's."""
        previous = "/previous" if options.get("previous") else ""
        text = self.logs.get(f"{namespace}/{pod}/{container}{previous}", "")
        lines = text.splitlines(keepends=True)[-int(options.get("tailLines", 1_000_000)) :]
        return "".join(lines)[: int(options.get("limitBytes", 1 << 20))]


def _has_labels(item: Data, selector: str) -> bool:
    labels = item["metadata"].get("labels", {})
    if " in (" in selector:
        name, _, listed = selector.partition(" in (")
        return labels.get(name) in listed.rstrip(")").split(",")
    words = [word.partition("=") for word in selector.split(",") if word]
    return all(name in labels and (not mark or labels[name] == value) for name, mark, value in words)


def _has_fields(item: Data, selector: str) -> bool:
    name, _, value = selector.partition("=")
    found: Any = item
    for step in name.split(".") if name else []:
        found = found.get(step, {})
    return not name or found == value


@cache
def recorded(name: str) -> Recording:
    """A recording by its file's name."""
    document = json.loads((FOLDER / f"{name}.json").read_text())
    return Recording(tuple(document["objects"]), document["logs"])


def look(recording: Recording, namespace: str = "", name: str = "") -> dict[str, Status]:
    """The services of a recording, by name, as the command would see them."""
    services = gathering.services(recording, namespace, name)
    found = [status(each) for each in gathering.gather(recording, services, namespace)]
    return {each.name: each for each in found}
