"""InferenceServices, each merged over the values' defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitserve.helm.merge import merge_files
from kitserve.render.manifests.delivery import deliver, is_image_volume, mount
from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.render.manifests.metadata import metadata, names, present
from kitserve.render.manifests.volumes.persistentvolumeclaim import claimed
from kitserve.values.view import given

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kitserve.render.manifests.delivery import Delivered
    from kitserve.render.release import Release
    from kitserve.values.types import Values


@dataclass(frozen=True)
class Service:
    """An InferenceService: `entry` is its entry merged over the defaults, without the keys that neither has."""

    name: str
    entry: dict[str, Any]
    predictor: dict[str, Any]


Services = tuple[Service, ...]

# The annotations that keys become; a service's own annotations win.
ANNOTATED = {
    "serving.kserve.io/deploymentMode": "deploymentMode",
    "serving.kserve.io/autoscalerClass": "autoscalerClass",
}
UNPACKING = {
    "filter": "filter",
    "unpackFlags": "unpack-flags",
    "layout": "layout",
    "digest": "digest",
    "label": "label",
    "verification": "verification",
}
_MODEL = ("protocolVersion", "runtime", "runtimeVersion", "args", "resources")
_PREDICTOR = (
    "serviceAccountName",
    "storageContainerName",
    "minReplicas",
    "maxReplicas",
    "scaleTarget",
    "scaleMetric",
)


def services(values: Values) -> Services:
    """Merge each entry over `inferenceServiceDefaults`: maps by key; other values replace, 0, false and "" too."""
    defaults, pull_secrets = given(values.inferenceServiceDefaults), names(values.imagePullSecrets)
    entries = {
        name: merge_files(defaults, given(service)) for name, service in values.inferenceServices.items()
    }
    return tuple(
        Service(name, entry, claimed(_predictor(entry, values, pull_secrets), name, entry, values))
        for name, entry in entries.items()
    )


def render(values: Values, found: Services, release: Release) -> Iterator[dict[str, Any]]:
    """Yield the InferenceServices in the order of names."""
    for service in sorted(found, key=lambda service: service.name):
        entry = service.entry
        namespace = entry.get("namespace") or release.namespace
        annotations = _annotations(entry)
        yield {
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "metadata": metadata(values, release, service.name, namespace, entry.get("labels"), annotations),
            "spec": {"predictor": service.predictor},
        }


def _annotations(entry: dict[str, Any]) -> dict[str, str]:
    unpacking = {} if is_image_volume(entry) else entry.get("unpacking", {})
    typed = {annotation: entry.get(key, "") for annotation, key in ANNOTATED.items()} | {
        f"{DOMAIN}/{annotation}": unpacking.get(key, "") for key, annotation in UNPACKING.items()
    }
    return {**present(typed), **entry.get("annotations", {})}


def _predictor(
    entry: dict[str, Any], values: Values, pull_secrets: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """Return `spec.predictor`: the open `predictor` merged over the fields of the typed values."""
    delivered = deliver(entry, values)
    typed = present(
        {
            **_picked(entry, _PREDICTOR),
            "storageUris": delivered.storage_uris,
            "imagePullSecrets": list(pull_secrets),
            "model": _model(entry, delivered),
        }
    )
    return mount(merge_files(typed, entry.get("predictor", {})), delivered.mounts)


def _model(entry: dict[str, Any], delivered: Delivered) -> dict[str, Any]:
    key = entry.get("storageKey")
    model = present(
        {
            "modelFormat": present(entry.get("modelFormat", {})),
            **_picked(entry, _MODEL),
            "storageUri": delivered.storage_uri,
            "env": [present(variable) for variable in entry.get("env", [])],
            "storage": {"key": key, "parameters": {"type": "kit"}} if key else {},
        }
    )
    # KServe takes a model without URI and without `storage` for a server of several models: it adds its agent, which
    # mounts another volume at /mnt/models, and MLServer and Triton start without the model (IsMMSPredictor in
    # pkg/controller/v1beta1/inferenceservice/utils/utils.go, SetMlServerDefaults in pkg/apis/serving/v1beta1).
    return {"storage": {}, **model} if delivered.mounts else model


def _picked(entry: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: entry[key] for key in keys if key in entry}
