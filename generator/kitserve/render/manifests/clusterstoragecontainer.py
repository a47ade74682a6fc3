"""ClusterStorageContainers: KServe runs their container for each storage URI that they serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.render.manifests.image import initializer
from kitserve.render.manifests.initializer_env import Variables, environment, service_annotations_env
from kitserve.render.manifests.metadata import metadata, present
from kitserve.values.view import given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.render.release import Release
    from kitserve.values.types import Values

# KServe finds the container by this name: under another one its webhook adds it twice and no model status is derived
# (https://github.com/kserve/kserve/issues/3900). So it is no value.
CONTAINER = "storage-initializer"


def render(values: Values, release: Release) -> Iterator[dict[str, Any]]:
    """Yield one for pods and one for the jobs of local models, as far as the values create them."""
    storage, jobs = values.clusterStorageContainer, values.localModels
    if storage.create:
        spec = _spec(values, storage.workloadType, environment(values) + service_annotations_env(values))
        yield _object(metadata(values, release, storage.name), spec)
    if jobs.create:
        # A job belongs to no service, so it has no annotations of one.
        spec = _spec(values, "localModelDownloadJob", environment(values))
        yield _object(metadata(values, release, jobs.name), spec)


def _object(named: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ClusterStorageContainer",
        "metadata": named,
        "spec": spec,
    }


def _spec(values: Values, workload: str, variables: Variables) -> dict[str, Any]:
    storage = values.clusterStorageContainer
    spec: dict[str, Any] = {
        "container": {"name": CONTAINER, **_container(values, variables)},
        "supportedUriFormats": [{"prefix": prefix} for prefix in storage.prefixes],
        **present({"workloadType": workload}),
    }
    if "supportsMultiModelDownload" in given(storage):
        spec["supportsMultiModelDownload"] = storage.supportsMultiModelDownload
    return spec


def _container(values: Values, variables: Variables) -> dict[str, Any]:
    return present(
        {
            "image": initializer(values),
            "imagePullPolicy": values.image.pullPolicy,
            "env": variables,
            "resources": values.resources,
            "securityContext": values.securityContext,
        }
    )
