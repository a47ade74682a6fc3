"""What the ways need in the cluster: storage containers, a file server, a volume."""

from collections.abc import Iterator
from typing import Any

from tests.bench.cluster import images
from tests.bench.cluster.content import KIT_TAG, MODELKIT
from tests.bench.cluster.site import CLAIM, Site
from tests.e2e import files


def objects(site: Site) -> Iterator[dict[str, Any]]:
    """Yield them all. Each initializer has a prefix that no other has: KServe takes any that fits."""
    (ours,) = site.render(clusterStorageContainer={"prefixes": [f"kit://{site.modelkit}"]})
    yield ours
    yield from _with_kit(site)
    yield _kserve(ours["spec"]["container"]["resources"])
    yield files.runtime(site.image)
    yield from _claim(site)


def _with_kit(site: Site) -> list[dict[str, Any]]:
    repository, _, tag = images.WITH_KIT.rpartition(":")
    return site.render(
        image={"registry": "", "repository": repository, "tag": tag},
        engine="kit",
        clusterStorageContainer={
            "name": "kitops-with-kit",
            "prefixes": [f"kit://{site.registry.host}/{MODELKIT}:{KIT_TAG}"],
        },
    )


def _kserve(resources: dict[str, Any]) -> dict[str, Any]:
    """Return KServe's own initializer, with the limits that ours has."""
    container = {
        "name": "storage-initializer",
        "image": images.KSERVE_STORAGE,
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": "KSERVE_OCI_INSECURE_REGISTRY", "value": "true"}],
        "resources": resources,
    }
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ClusterStorageContainer",
        "metadata": {"name": "kserve-storage"},
        "spec": {
            "container": container,
            "supportedUriFormats": [{"prefix": images.KSERVE_SCHEME}],
            "workloadType": "initContainer",
        },
    }


def _claim(site: Site) -> list[dict[str, Any]]:
    """Return a PersistentVolumeClaim, and the folder on the node that is its volume."""
    size = {"storage": "1Ti"}
    access = {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}
    volume = {"capacity": size, "hostPath": {"path": str(site.volume)}, **access}
    claim = {"volumeName": CLAIM, "resources": {"requests": size}, **access}
    return [
        {"apiVersion": "v1", "kind": kind, "metadata": {"name": CLAIM}, "spec": spec}
        for kind, spec in (("PersistentVolume", volume), ("PersistentVolumeClaim", claim))
    ]
