"""InferenceServices, each merged over the values' defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitserve.helm.merge import merge_files
from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.render.manifests.metadata import metadata, names, present
from kitserve.values.view import given

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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


def services(values: Values) -> Services:
    """Merge each entry over `inferenceServiceDefaults`: maps by key; other values replace, 0, false and "" too."""
    defaults, pull_secrets = given(values.inferenceServiceDefaults), names(values.imagePullSecrets)
    entries = {
        name: merge_files(defaults, given(service)) for name, service in values.inferenceServices.items()
    }
    return tuple(Service(name, entry, _predictor(entry, pull_secrets)) for name, entry in entries.items())


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
    unpacking = entry.get("unpacking", {})
    typed = {annotation: entry.get(key, "") for annotation, key in ANNOTATED.items()} | {
        f"{DOMAIN}/{annotation}": unpacking.get(key, "") for key, annotation in UNPACKING.items()
    }
    return {**present(typed), **entry.get("annotations", {})}


def _predictor(entry: dict[str, Any], pull_secrets: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return `spec.predictor`: the open `predictor` merged over the fields of the typed values."""
    key = entry.get("storageKey")
    model = present(
        {
            "modelFormat": present(entry.get("modelFormat", {})),
            **_picked(entry, _MODEL),
            "env": [present(variable) for variable in entry.get("env", [])],
            "storage": {"key": key, "parameters": {"type": "kit"}} if key else {},
        }
    )
    typed = present(
        {
            **_picked(entry, _PREDICTOR),
            "storageUris": [_source(uri) for uri in entry.get("storageUris", [])],
            "imagePullSecrets": list(pull_secrets),
            "model": model,
        }
    )
    return merge_files(typed, entry.get("predictor", {}))


def _source(uri: Mapping[str, str]) -> dict[str, str]:
    """Return one of several models. KServe's minimal CRDs have no default path, and its webhook requires one."""
    return {"uri": uri["uri"], "mountPath": uri.get("mountPath") or _MOUNT_PATH}


def _picked(entry: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: entry[key] for key in keys if key in entry}
