"""Objects of models that nodes keep, and mutations of them."""

from typing import Any

from tests.e2e.layout import MODELS_FOLDER, NODE_NAME
from tests.generator.check.manifests import ABSENT

SIZE = {"storage": "1Gi"}


def node_group() -> dict[str, Any]:
    """The disk of the one node."""
    here = {"key": "kubernetes.io/hostname", "operator": "In", "values": [NODE_NAME]}
    volume = {
        "accessModes": ["ReadWriteOnce"],
        "volumeMode": "Filesystem",
        "capacity": SIZE,
        "local": {"path": str(MODELS_FOLDER)},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [here]}]}},
    }
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": SIZE}}
    return {"storageLimit": "1Gi", "persistentVolumeSpec": volume, "persistentVolumeClaimSpec": claim}


def local(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }


SPEC = {
    "sourceModelUri": "kit://registry.example.com/iris:v1",
    "modelSize": "1Gi",
    "nodeGroups": ["nobody"],
}
CACHE = local("LocalModelCache", "iris", SPEC)
NAMESPACED = {"kind": "LocalModelNamespaceCache"}
IN_NAMESPACE = CACHE | NAMESPACED
GROUP = local("LocalModelNodeGroup", "disk", node_group())
URI = "spec.sourceModelUri"
CASES: list[tuple[dict[str, Any], str, object]] = [
    *(
        (cache, URI, value)
        for cache in (CACHE, IN_NAMESPACE)
        for value in (SPEC["sourceModelUri"], "", ABSENT)
    ),
    (CACHE, URI, None),
    (CACHE, "spec.modelSize", 1),
    (CACHE, "spec.modelSize", "20Gg"),
    (CACHE, "spec.modelSize", "-1Gi"),
    (CACHE, "spec.modelSize", ABSENT),
    (CACHE, "spec.nodeGroups", []),
    (CACHE, "spec.nodeGroups", [""]),
    (CACHE, "spec.nodeGroups", ["a", "a"]),
    (CACHE, "spec.nodeGroups", "disk"),
    (CACHE, "spec.nodeGroup", "disk"),
    (CACHE, "spec.storage", {"key": "a", "parameters": {"type": "kit"}}),
    (CACHE, "spec.storage", {"key": "a", "parameters": {"type": 1}}),
    (CACHE, "metadata.name", "Iris"),
    (CACHE, "metadata.name", "iris.v1"),
    (IN_NAMESPACE, "spec.nodeGroups", []),
    (IN_NAMESPACE, "spec.serviceAccountName", "reader"),
    (GROUP, "spec.storageLimit", "1Ti"),
    (GROUP, "spec.storageLimit", "much"),
    (GROUP, "spec.storageLimit", ABSENT),
    (GROUP, "spec.persistentVolumeSpec", ABSENT),
    (GROUP, "spec.persistentVolumeSpec", {}),
    (GROUP, "spec.persistentVolumeSpec.local", {}),
    (GROUP, "spec.persistentVolumeSpec.capacity", {"storage": "1gi"}),
    (GROUP, "spec.persistentVolumeSpec.nodeAffinity", {"required": {}}),
    (GROUP, "spec.persistentVolumeClaimSpec", {}),
    (GROUP, "spec.persistentVolumeClaimSpec.accessModes", "ReadWriteOnce"),
]
