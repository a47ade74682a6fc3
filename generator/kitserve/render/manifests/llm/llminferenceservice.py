"""LLMInferenceServices, which have the images of their ModelKits as volumes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from kitserve.helm.merge import merge_files
from kitserve.render.manifests.delivery import BY_VOLUME, MOUNT_PATH, Mount
from kitserve.render.manifests.image_volume import NATIVE, SCHEME, image
from kitserve.render.manifests.llm.pods import Addition, with_pods
from kitserve.render.manifests.metadata import PLACEMENT, metadata, named, names, present
from kitserve.values.view import given, replaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kitserve.render.release import Release
    from kitserve.values.types import ImageChoice, LlmInferenceService, ModelImage, Values

_VERSION = "v1alpha2"
"""What each KServe has that can mount images here: 0.17 is the first."""
MODEL_VOLUME = "kitserve-model"
GROUPED = (
    *("namespace", "labels", "annotations", "serviceAccountName", "imagePullSecrets"),
    *PLACEMENT,
)
"""Values of a group that its LLMInferenceServices have; the others are a model server's."""
_ADAPTERS_PATH = "/mnt/lora"
"""KServe's own place for adapters: nothing is mounted below the model, which is read-only (workload_lora.go)."""


def render(values: Values, release: Release) -> Iterator[dict[str, Any]]:
    """Yield the LLMInferenceServices in the order of their keys."""
    pull_secrets = names(values.imagePullSecrets)
    for key, service in services(values):
        name, namespace = named(key, given(service)), service.namespace or release.namespace
        yield {
            "apiVersion": f"serving.kserve.io/{service.apiVersion or _VERSION}",
            "kind": "LLMInferenceService",
            "metadata": metadata(values, release, name, namespace, service.labels, service.annotations),
            "spec": specification(values, service, pull_secrets),
        }


def services(values: Values) -> Iterator[tuple[str, LlmInferenceService]]:
    """Yield each service by its key, in order, with what its group says of whose it is and where its pods run."""
    groups = {
        name: {key: value for key, value in given(group).items() if key in GROUPED}
        for name, group in values.serviceGroups.items()
    }
    for key, service in sorted(values.llmInferenceServices.items()):
        yield key, replaced(service, merge_files(groups.get(service.group, {}), given(service)))


def specification(
    values: Values, service: LlmInferenceService, pull_secrets: Sequence[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """Return `spec`: the open `spec` merged over the fields of the typed values, and what its pods need."""
    spec = merge_files(_typed(values, service), service.spec)
    return with_pods(spec, _addition(values, service, pull_secrets), _main(service))


def is_volume(values: Values, service: LlmInferenceService) -> bool:
    """Return whether these values make the volume of the model, and KServe makes none."""
    return service.uri.startswith(SCHEME) and values.imageVolumes.mountBy == BY_VOLUME


def adapters(service: LlmInferenceService, *, of_kit: bool) -> list[str]:
    """Return the names of the adapters that are ModelKits, or of the others, in order."""
    in_order = sorted(service.adapters.items())
    return [name for name, adapter in in_order if adapter.uri.startswith(SCHEME) == of_kit]


def _typed(values: Values, service: LlmInferenceService) -> dict[str, Any]:
    lora = [{"name": name, "uri": service.adapters[name].uri} for name in adapters(service, of_kit=False)]
    is_kit = service.uri.startswith(SCHEME)
    model = {
        "uri": f"{NATIVE}{_image(values, service.uri, service.unpacking)}" if is_kit else service.uri,
        "name": service.modelName,
        "lora": present({"adapters": lora}),
    }
    replicas = {"replicas": service.replicas} if "replicas" in given(service) else {}
    spec = {
        "model": present(model),
        # With it KServe knows no scheme but its own, and mounts nothing.
        "storageInitializer": {"enabled": False} if is_volume(values, service) else {},
        **replicas,
        "baseRefs": names(service.baseRefs),
        "router": service.router,
    }
    return present(spec)


def _main(service: LlmInferenceService) -> dict[str, Any]:
    """Return fields of the container `main`."""
    env = [present(given(variable)) for variable in service.env]
    return present({"image": service.image, "args": service.args, "env": env, "resources": service.resources})


def _addition(
    values: Values, service: LlmInferenceService, pull_secrets: Sequence[Mapping[str, str]]
) -> Addition:
    mounts = [Mount(MODEL_VOLUME, _image(values, service.uri, service.unpacking), MOUNT_PATH)]
    own = adapters(service, of_kit=True)
    modules = [_adapter(values, name, service.adapters[name]) for name in own]
    flags = [f"{name}={mount.path}" for name, mount in zip(own, modules, strict=True)]
    secrets: Sequence[Mapping[str, str]] = names(service.imagePullSecrets) or pull_secrets
    pod = {
        "serviceAccountName": service.serviceAccountName,
        "imagePullSecrets": list(secrets),
        **{key: getattr(service, key) for key in PLACEMENT},
    }
    return Addition(
        pod=present(pod),
        mounts=(*(mounts if is_volume(values, service) else ()), *modules),
        args=["--enable-lora", "--lora-modules", *flags] if flags else [],
    )


def _adapter(values: Values, name: str, adapter: ModelImage) -> Mount:
    return Mount(adapter_volume(name), _image(values, adapter.uri, adapter), f"{_ADAPTERS_PATH}/{name}")


def adapter_volume(name: str) -> str:
    """Return the name of an adapter's volume: the adapter's own may have what a volume's can't."""
    return f"kitserve-lora-{hashlib.sha256(name.encode()).hexdigest()[:10]}"


def _image(values: Values, uri: str, choice: ImageChoice | ModelImage) -> str:
    return image(uri, choice.layout or values.layout, choice.filter, choice.label)
