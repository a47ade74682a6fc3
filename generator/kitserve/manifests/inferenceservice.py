"""InferenceServices, each with the values' defaults under it."""

from collections.abc import Iterator
from typing import Any

from kitserve.manifests.labels import standard
from kitserve.manifests.metadata import metadata, present
from kitserve.merge import merge_files
from kitserve.release import Release
from kitserve.values import InferenceService, Values


def render(values: Values, release: Release) -> Iterator[dict[str, Any]]:
    """One InferenceService for each entry, by name."""
    labels = standard(values, release)
    for name, service in sorted(with_defaults(values).items()):
        yield {
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "metadata": metadata(
                name, service.namespace or release.namespace, labels | service.labels, service.annotations
            ),
            "spec": {"predictor": predictor(service)},
        }


def with_defaults(values: Values) -> dict[str, InferenceService]:
    """Each entry over `inferenceServiceDefaults`: maps key by key, anything else is replaced, 0, false, "" too."""
    defaults = values.inferenceServiceDefaults.model_dump(exclude_unset=True)
    return {
        name: InferenceService.model_validate(merge_files(defaults, service.model_dump(exclude_unset=True)))
        for name, service in values.inferenceServices.items()
    }


def predictor(service: InferenceService) -> dict[str, Any]:
    """`spec.predictor`: what the typed values give, and the open `predictor` over it."""
    model = present(
        {
            "modelFormat": present(service.modelFormat.model_dump()),
            "protocolVersion": service.protocolVersion,
            "runtime": service.runtime,
            "storageUri": service.storageUri,
            "resources": service.resources,
        }
    )
    typed = present(
        {
            "serviceAccountName": service.serviceAccountName,
            "storageUris": [present(uri.model_dump()) for uri in service.storageUris],
            "model": model,
        }
    )
    return merge_files(typed, service.predictor)
