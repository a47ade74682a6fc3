"""ClusterStorageContainers as they stand in clusters: ours, and KServe's own."""

from typing import Any

from kitserve.version import VERSION

Data = dict[str, Any]
OURS: Data = {
    "apiVersion": "serving.kserve.io/v1alpha1",
    "kind": "ClusterStorageContainer",
    "metadata": {"name": "kitops"},
    "spec": {
        "container": {"name": "storage-initializer", "image": f"r.io/kitserve-initializer:{VERSION}"},
        "supportedUriFormats": [{"prefix": "kit://"}],
        "supportsMultiModelDownload": True,
        "workloadType": "initContainer",
    },
}
KSERVES: Data = {
    **OURS,
    "metadata": {"name": "default"},
    "spec": {
        "container": {"name": "storage-initializer", "image": "kserve/storage-initializer:v0.20.0"},
        "supportedUriFormats": [{"prefix": "s3://"}, {"regex": "https?://(.+)/(.+)"}],
        "workloadType": "initContainer",
    },
}
