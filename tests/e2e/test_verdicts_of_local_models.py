"""The same of models that nodes keep: by themselves, and of a cache beside those that the cluster has."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.kubectl import Kubectl
from tests.e2e.test_local_models import node_group
from tests.e2e.verdicts import DryRun, refusals
from tests.generator.check.test_manifests import ABSENT, mutated

SEEN_SECONDS = 10


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


@pytest.mark.parametrize(("item", "path", "value"), CASES)
def test_verdict_is_the_clusters(item: dict[str, Any], path: str, value: object, dry: DryRun) -> None:
    sent = mutated(item, path, value)
    told, refused = refusals(sent), dry.refuses(sent)

    assert bool(told) == bool(refused), told or refused


@pytest.fixture
def kept(kubectl: Kubectl) -> Iterator[dict[str, Any]]:
    """A cache that the cluster has and its webhook knows of, on nodes that there are none of."""
    name = kubectl.namespace
    made = mutated(mutated(CACHE, "metadata.name", name), URI, f"kit://registry.example.com/{name}:v1")
    kubectl.apply(made)
    yield made
    kubectl.run("delete", f"localmodelcache/{name}", "--timeout=60s")


def test_of_two_caches_of_a_model_the_second_is_refused(kept: dict[str, Any], dry: DryRun) -> None:
    again = mutated(kept, "metadata.name", f"{kept['metadata']['name']}-again")
    other = mutated(again, URI, f"{kept['spec']['sourceModelUri']}.1")
    end = time.monotonic() + SEEN_SECONDS

    # The webhook looks at what it has heard of, a moment after the API server stored it.
    while not dry.refuses(again) and time.monotonic() < end:
        time.sleep(0.1)

    assert f"has the same StorageURI {kept['spec']['sourceModelUri']}" in dry.refuses(again)
    assert refusals(kept, again) == ["KS245"]
    for admitted in (other, again | NAMESPACED):
        assert (dry.refuses(admitted), refusals(kept, admitted)) == ("", [])
