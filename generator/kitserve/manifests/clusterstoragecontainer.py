"""The ClusterStorageContainer: KServe runs its container in each pod whose storage URI it serves."""

from collections.abc import Iterator
from typing import Any

from kitserve.manifests.image import reference
from kitserve.manifests.initializer import environment
from kitserve.manifests.labels import standard
from kitserve.manifests.metadata import metadata, present
from kitserve.release import Release
from kitserve.values import StorageContainer, Values

# KServe finds the container by this name: under another one its webhook adds it twice and no model status is derived
# (https://github.com/kserve/kserve/issues/3900). So it is no value.
CONTAINER = "storage-initializer"


def render(values: Values, release: Release) -> Iterator[dict[str, Any]]:
    """The ClusterStorageContainer, unless the values leave it to somebody else."""
    storage = values.clusterStorageContainer
    if storage.create:
        yield {
            "apiVersion": "serving.kserve.io/v1alpha1",
            "kind": "ClusterStorageContainer",
            "metadata": metadata(storage.name, labels=standard(values, release)),
            "spec": _spec(values, storage),
        }


def _spec(values: Values, storage: StorageContainer) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "container": {"name": CONTAINER, **_container(values)},
        "supportedUriFormats": [{"prefix": prefix} for prefix in storage.prefixes],
        **present({"workloadType": storage.workloadType}),
    }
    if "supportsMultiModelDownload" in storage.model_fields_set:
        spec["supportsMultiModelDownload"] = storage.supportsMultiModelDownload
    return spec


def _container(values: Values) -> dict[str, Any]:
    return present(
        {
            "image": reference(values.image),
            "imagePullPolicy": values.image.pullPolicy,
            "env": environment(values),
            "resources": values.resources,
            "securityContext": values.securityContext,
        }
    )
