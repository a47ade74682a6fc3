"""Another team's objects, beside ours."""

from typing import Any


def storage_container(name: str, prefix: str) -> dict[str, Any]:
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ClusterStorageContainer",
        "metadata": {"name": name},
        "spec": {
            "container": {"name": "storage-initializer", "image": "ghcr.io/kitops-ml/kitops-kserve:next"},
            "supportedUriFormats": [{"prefix": prefix}],
        },
    }
