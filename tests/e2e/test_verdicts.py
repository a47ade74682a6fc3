"""What kitserve says a cluster refuses is what a cluster refuses, on objects mutated one field at a time."""

import json
from typing import Any

import pytest
from kitserve import kserve, objectrules, openapi

from tests.e2e.kubectl import Kubectl, KubectlError
from tests.generator.test_manifests import ABSENT, MODEL, ROWS, SERVICE, STORAGE, mutated

S, C, P = SERVICE, STORAGE, "spec.predictor"
FORMAT = {"modelFormat": {"name": "x"}}
CASES: list[tuple[dict[str, Any], str, object]] = [
    *(row[:3] for row in ROWS),
    (S, "metadata.name", "iris"),
    (S, "metadata.name", "1iris"),
    (S, "metadata.name", "iris."),
    (S, f"{P}.minReplicas", 0),
    (S, f"{P}.minReplicas", None),
    (S, f"{P}.maxReplicas", -1),
    (S, f"{MODEL}.env", [None]),
    (S, f"{MODEL}.env", [{"name": "A", "value": 1}]),
    (S, f"{MODEL}.env", [{"name": "A", "value": None}]),
    (S, f"{MODEL}.env", [{"value": "x"}]),
    (S, f"{MODEL}.env", [{"name": "A"}, {"name": "A"}]),
    (S, f"{MODEL}.ports", [{"containerPort": 80}]),
    (S, f"{MODEL}.ports", [{"containerPort": 80}, {"containerPort": 80}]),
    (S, f"{MODEL}.ports", [{"containerPort": "80"}]),
    (S, f"{MODEL}.resources", {"limits": {"memory": 1}}),
    (S, f"{MODEL}.resources", {"limits": {"memory": 1.5}}),
    (S, f"{MODEL}.resources", {"limits": {"memory": "1gi"}}),
    (S, f"{MODEL}.resources", {"limits": {"memory": "-1"}}),
    (S, f"{MODEL}.modelFormat.version", 1),
    (S, f"{MODEL}.protocolVersion", "v9"),
    (S, f"{MODEL}.runtime", ""),
    (S, f"{MODEL}.storage", {"key": "x"}),
    (S, f"{MODEL}.storage", {"path": "x"}),
    (S, f"{P}.logger", {"mode": ""}),
    (S, f"{P}.logger", {"mode": "some"}),
    (S, f"{P}.logger", {"mode": "all", "url": "http://x"}),
    (S, f"{P}.scaleMetric", "gpu"),
    (S, f"{P}.scaleMetric", "rps"),
    (S, f"{P}.scaleMetric", "cpu"),
    (S, f"{P}.containerConcurrency", -1),
    (S, f"{P}.timeout", "5"),
    (S, f"{P}.sklearn", {}),
    (S, f"{P}.containers", [{"name": "a", "image": "b"}]),
    (S, P, {}),
    (S, "spec", {}),
    (S, "spec", None),
    (S, "metadata.annotations", {"serving.kserve.io/autoscalerClass": "kpa"}),
    (S, "metadata.annotations", {"serving.kserve.io/autoscalerClass": "hpa"}),
    (S, "metadata.annotations", {"serving.kserve.io/deploymentMode": "Nonsense"}),
    (S, "metadata.labels", {"a": None}),
    (S, "metadata.labels", {"a": "not a label!"}),
    (S, f"{P}.nodeSelector", {"a": 1}),
    (S, f"{P}.hostNetwork", "true"),
    (S, f"{P}.serviceAccountName", 7),
    (S, f"{P}.storageUris", []),
    (S, P, {"model": FORMAT, "storageUris": [{"uri": "kit://x"}]}),
    (S, P, {"model": FORMAT, "storageUris": [{"uri": ""}]}),
    (S, P, {"model": FORMAT, "storageUris": [{"uri": "kit://x", "mountPath": "/"}]}),
    (S, P, {"model": FORMAT, "storageUris": [{"uri": "kit://x", "mountPath": "a"}]}),
    (S, P, {"model": FORMAT, "storageUris": [{"uri": "kit://x", "mountPath": "/a/../b"}]}),
    (
        S,
        P,
        {
            "model": FORMAT,
            "storageUris": [{"uri": "kit://x", "mountPath": "/a"}, {"uri": "kit://y", "mountPath": "/b"}],
        },
    ),
    (C, "spec.workloadType", "nonsense"),
    (C, "spec.supportedUriFormats", []),
    (C, "spec.supportedUriFormats", [{"regex": "("}]),
    (C, "spec.supportedUriFormats", {}),
    (C, "spec", None),
    (C, "spec", ABSENT),
    (C, "disabled", True),
    (C, "disabled", "yes"),
    (C, "spec.container.name", ABSENT),
    (C, "spec.container.image", ABSENT),
    (C, "spec.container.imagePullPolicy", "Sometimes"),
    (C, "spec.container.env", [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "x"}}}]),
    (C, "spec.container.env", [{"name": "A", "valueFrom": {"secretKeyRef": {"key": "x"}}}]),
    (C, "spec.container.resources", {"limits": {"cpu": "1 m"}}),
    (C, "spec.container.securityContext", {"runAsUser": "0"}),
    (C, "spec.container.securityContext", {"runAsUser": -1}),
    (C, "metadata.name", "Kit"),
    (C, "metadata.name", "a" * 254),
]


@pytest.mark.parametrize(("item", "path", "value"), CASES)
def test_verdict_is_the_clusters(item: dict[str, Any], path: str, value: object, kubectl: Kubectl) -> None:
    sent = mutated(item, path, value)
    version = kserve.versions()[-1]
    found = (*openapi.check(sent, version), *objectrules.broken(sent, version))
    told = sorted(problem.code for problem in found if problem.code.startswith("KS2"))

    assert bool(told) == is_refused(sent, kubectl), told


def is_refused(sent: dict[str, Any], kubectl: Kubectl) -> bool:
    """The API server's own verdict, its webhooks' included; nothing is stored."""
    try:
        kubectl.run("create", "--dry-run=server", "--validate=strict", "-f", "-", stdin=json.dumps(sent))
    except KubectlError:
        return True
    return False
