"""Disks on the node, for claims: a cluster of tests has no storage provider."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.e2e.conftest import Cluster
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release

DISKS = 2
# A new disk belongs to root, and has a folder that nobody else may enter.
MAKE = f"import os, sys; [os.makedirs(f'{{sys.argv[1]}}/{{n}}/lost+found', 0o700) for n in range({DISKS})]"
REMOVE = "import shutil, sys; shutil.rmtree(sys.argv[1])"
FOLDER = "/var/lib/kitserve-disks"


@contextmanager
def on_the_node(cluster: Cluster, release: Release) -> Iterator[str]:
    """Volumes on the node's disk, until the release is gone; their storage class."""
    name = release.kubectl.namespace
    folder = f"{FOLDER}/{name}"
    _run_there(cluster, release.kubectl, MAKE, folder)
    (node, *_) = cluster.kubectl.items("nodes")
    hostname = node["metadata"]["labels"]["kubernetes.io/hostname"]
    volumes = [_volume(f"{name}-{number}", name, f"{folder}/{number}", hostname) for number in range(DISKS)]
    cluster.kubectl.apply(*volumes)
    yield name
    release.uninstall()
    cluster.kubectl.run("delete", "persistentvolumes", *(each["metadata"]["name"] for each in volumes))
    _run_there(cluster, release.kubectl, REMOVE, folder)


def _volume(name: str, kind: str, path: str, hostname: str) -> dict[str, Any]:
    there = {"key": "kubernetes.io/hostname", "operator": "In", "values": [hostname]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteMany"],
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": kind,
            "local": {"path": path},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [there]}]}},
        },
    }


def _run_there(cluster: Cluster, kubectl: Kubectl, program: str, folder: str) -> None:
    """Run a program as root for a folder of the node's."""
    container = {
        "name": "disks",
        "image": cluster.image,
        "command": ["python3", "-c", program, folder],
        "securityContext": {"runAsUser": 0},
        "volumeMounts": [{"name": "disks", "mountPath": FOLDER}],
    }
    disks = {"name": "disks", "hostPath": {"path": FOLDER, "type": "DirectoryOrCreate"}}
    spec = {"restartPolicy": "Never", "containers": [container], "volumes": [disks]}
    kubectl.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "disks"}, "spec": spec})
    kubectl.wait("pod/disks", "jsonpath={.status.phase}=Succeeded")
    kubectl.run("delete", "pod/disks")
