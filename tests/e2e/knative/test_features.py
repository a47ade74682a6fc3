"""What Knative's webhook refuses until an administrator switches a feature on, as the pages and KS168 have it."""

import json
import time
from typing import Any

import pytest

from tests.e2e.knative.features import switched_on
from tests.e2e.kubectl import Kubectl, KubectlError

SECONDS = 60
SELECTOR = {"matchLabels": {"app": "a"}}
SPREAD = {
    "maxSkew": 1,
    "topologyKey": "kubernetes.io/hostname",
    "whenUnsatisfiable": "DoNotSchedule",
    "labelSelector": SELECTOR,
}
FIELD = {"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]}
CLAIM = {"persistentVolumeClaim": {"claimName": "a", "readOnly": True}}
CLAIMS = "kubernetes.podspec-persistent-volume-claim"


def volume(**source: Any) -> dict[str, Any]:  # noqa: ANN401 - any volume source of Kubernetes
    mount = {"name": "a", "mountPath": "/a", "readOnly": True}
    return {"volumes": [{"name": "a", **source}], "container": {"volumeMounts": [mount]}}


# Features, and the parts of a pod that need them.
PARTS: dict[tuple[str, ...], dict[str, Any]] = {
    ("kubernetes.podspec-nodeselector",): {"nodeSelector": {"a": "b"}},
    ("kubernetes.podspec-tolerations",): {"tolerations": [{"key": "a", "operator": "Exists"}]},
    ("kubernetes.podspec-affinity",): {"affinity": {"nodeAffinity": {}}},
    ("kubernetes.podspec-topologyspreadconstraints",): {"topologySpreadConstraints": [SPREAD]},
    ("kubernetes.podspec-priorityclassname",): {"priorityClassName": "system-cluster-critical"},
    ("kubernetes.podspec-securitycontext",): {"securityContext": {"fsGroup": 1000}},
    ("kubernetes.podspec-init-containers",): {
        "initContainers": [{"name": "a", "image": "kitserve.test/other:1"}]
    },
    ("kubernetes.podspec-fieldref",): {"container": FIELD},
    ("kubernetes.podspec-volumes-image",): volume(image={"reference": "kitserve.test/other:1"}),
    ("kubernetes.podspec-volumes-hostpath",): volume(hostPath={"path": "/a"}),
    ("kubernetes.podspec-volumes-csi",): volume(csi={"driver": "a.example.com", "readOnly": True}),
    (CLAIMS,): volume(**CLAIM),
    (CLAIMS, "kubernetes.podspec-persistent-volume-write"): volume(persistentVolumeClaim={"claimName": "a"}),
}


def apply(kubectl: Kubectl, container: dict[str, Any] | None = None, **pod: Any) -> None:  # noqa: ANN401
    """Ask for a Knative Service of a pod, and store nothing.

    Raises:
        KubectlError: with what the webhook says.
    """
    containers = [{"name": "b", "image": "kitserve.test/server:1", **(container or {})}]
    service = {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {"name": "a"},
        "spec": {"template": {"spec": {"containers": containers, **pod}}},
    }
    kubectl.run("create", "--dry-run=server", "--filename", "-", stdin=json.dumps(service))


def refuses(kubectl: Kubectl, part: dict[str, Any]) -> bool:
    try:
        apply(kubectl, **part)
    except KubectlError as error:
        if "validation.webhook.serving.knative.dev" in str(error):
            return True
        raise
    return False


@pytest.mark.parametrize("features", PARTS, ids="+".join)
def test_a_part_of_a_pod_needs_features(kubectl: Kubectl, features: tuple[str, ...]) -> None:
    apply(kubectl)
    # The webhook follows its settings: another case's may be on for a moment more.
    await_answer(kubectl, PARTS[features], refused=True)
    with switched_on(kubectl, *features):
        await_answer(kubectl, PARTS[features], refused=False)


def test_ephemeral_volumes_are_for_a_newer_knative(kubectl: Kubectl) -> None:
    """Knative 1.23 brings the feature (knative/serving#16590)."""
    part = volume(ephemeral={"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"]}}})
    with pytest.raises(KubectlError, match="ephemeral"):
        apply(kubectl, **part)


def await_answer(kubectl: Kubectl, part: dict[str, Any], *, refused: bool) -> None:
    end = time.monotonic() + SECONDS
    while refuses(kubectl, part) is not refused:
        assert time.monotonic() < end, f"after a minute, refused is {not refused}"
        time.sleep(0.2)
