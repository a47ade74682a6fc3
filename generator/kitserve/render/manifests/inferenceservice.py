"""InferenceServices, each merged over its group and the values' defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitserve.helm.merge import merge_files
from kitserve.render.manifests.delivery import deliver, is_image_volume, mount
from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.render.manifests.metadata import PLACEMENT, metadata, named, names, present
from kitserve.render.manifests.volumes.persistentvolumeclaim import claimed
from kitserve.values.view import given

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kitserve.render.manifests.delivery import Delivered
    from kitserve.render.release import Release
    from kitserve.values.types import Values


@dataclass(frozen=True)
class Service:
    """An InferenceService: `entry` is the entry at `key` over its group and the defaults, without the keys of none."""

    key: str
    entry: dict[str, Any]
    predictor: dict[str, Any]

    @property
    def name(self) -> str:
        """The object's name."""
        return named(self.key, self.entry)


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
_MODEL = (
    *("protocolVersion", "runtime", "runtimeVersion", "args", "resources"),
    *("startupProbe", "readinessProbe", "livenessProbe", "volumeMounts"),
)
_PREDICTOR = (
    *("serviceAccountName", "storageContainerName", "volumes"),
    *("minReplicas", "maxReplicas", "scaleTarget", "scaleMetric", "canaryTrafficPercent"),
    *PLACEMENT,
)
OPEN_PARTS = ("transformer", "explainer")
"""Components of a service beside its predictor, which the values only pass on."""


def services(values: Values) -> Services:
    """Merge each entry over its group, and that over the defaults: maps by key; other values replace, 0 and "" too."""
    defaults, pull_secrets = given(values.inferenceServiceDefaults), names(values.imagePullSecrets)
    groups = {name: merge_files(defaults, given(group)) for name, group in values.serviceGroups.items()}
    return tuple(
        _service(key, merge_files(groups.get(service.group, defaults), given(service)), values, pull_secrets)
        for key, service in values.inferenceServices.items()
    )


def _service(key: str, entry: dict[str, Any], values: Values, pull_secrets: Sequence[Any]) -> Service:
    secrets = entry.get("imagePullSecrets") or pull_secrets
    predictor = _predictor(entry, values, secrets)
    return Service(key, entry, claimed(predictor, named(key, entry), entry, values))


def render(values: Values, found: Services, release: Release) -> Iterator[dict[str, Any]]:
    """Yield the InferenceServices."""
    pull_secrets = names(values.imagePullSecrets)
    for service in found:
        entry = service.entry
        namespace = entry.get("namespace") or release.namespace
        annotations = _annotations(entry)
        yield {
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "metadata": metadata(values, release, service.name, namespace, entry.get("labels"), annotations),
            "spec": {"predictor": service.predictor, **_others(entry, pull_secrets)},
        }


def _others(entry: dict[str, Any], pull_secrets: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return the components beside the predictor: their pods run as the service's account, and pull by its secrets."""
    pods = present(
        {
            "serviceAccountName": entry.get("serviceAccountName", ""),
            "imagePullSecrets": entry.get("imagePullSecrets") or list(pull_secrets),
        }
    )
    parts = {name: merge_files(pods, entry[name]) for name in OPEN_PARTS if entry.get(name)}
    return parts | present({"canary": entry.get("canary", [])})


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
