"""InferenceServices, each merged over the values' defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.helm.merge import merge_files
from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.render.manifests.metadata import metadata, names, present
from kitserve.values.view import given

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kitserve.render.release import Release
    from kitserve.values.types import Values

Service = dict[str, Any]
"""An entry of `inferenceServices` merged over the defaults, without the keys that neither has."""

# Where each key that is one goes; a service's own annotations win.
_ANNOTATED = {
    "serving.kserve.io/deploymentMode": "deploymentMode",
    "serving.kserve.io/autoscalerClass": "autoscalerClass",
}
UNPACKING = {"filter": "filter", "unpackFlags": "unpack-flags", "layout": "layout", "digest": "digest"}
_MOUNT_PATH = "/mnt/models"
_MODEL = ("protocolVersion", "runtime", "runtimeVersion", "storageUri", "args", "resources")
_PREDICTOR = (
    "serviceAccountName",
    "storageContainerName",
    "minReplicas",
    "maxReplicas",
    "scaleTarget",
    "scaleMetric",
)


def render(values: Values, release: Release) -> Iterator[dict[str, Any]]:
    """Yield one InferenceService for each entry, in the order of names."""
    pull_secrets = names(values.imagePullSecrets)
    for name, service in sorted(with_defaults(values).items()):
        namespace = service.get("namespace") or release.namespace
        labels = service.get("labels")
        yield {
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "metadata": metadata(values, release, name, namespace, labels, _annotations(service)),
            "spec": {"predictor": predictor(service, pull_secrets)},
        }


def with_defaults(values: Values) -> dict[str, Service]:
    """Merge each entry over `inferenceServiceDefaults`: maps by key; other values replace, 0, false and "" too."""
    defaults = given(values.inferenceServiceDefaults)
    return {name: merge_files(defaults, given(service)) for name, service in values.inferenceServices.items()}


def _annotations(service: Service) -> dict[str, str]:
    unpacking = service.get("unpacking", {})
    typed = {annotation: service.get(key, "") for annotation, key in _ANNOTATED.items()} | {
        f"{DOMAIN}/{annotation}": unpacking.get(key, "") for key, annotation in UNPACKING.items()
    }
    return {**present(typed), **service.get("annotations", {})}


def predictor(service: Service, pull_secrets: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    """Return `spec.predictor`: the open `predictor` merged over the fields of the typed values."""
    key = service.get("storageKey")
    model = present(
        {
            "modelFormat": present(service.get("modelFormat", {})),
            **_picked(service, _MODEL),
            "env": [present(variable) for variable in service.get("env", [])],
            "storage": {"key": key, "parameters": {"type": "kit"}} if key else {},
        }
    )
    typed = present(
        {
            **_picked(service, _PREDICTOR),
            "storageUris": [_source(uri) for uri in service.get("storageUris", [])],
            "imagePullSecrets": list(pull_secrets),
            "model": model,
        }
    )
    return merge_files(typed, service.get("predictor", {}))


def _source(uri: Mapping[str, str]) -> dict[str, str]:
    """Return one of several models. KServe's minimal CRDs have no default path, and its webhook requires one."""
    return {"uri": uri["uri"], "mountPath": uri.get("mountPath") or _MOUNT_PATH}


def _picked(service: Service, keys: Sequence[str]) -> dict[str, Any]:
    return {key: service[key] for key in keys if key in service}
