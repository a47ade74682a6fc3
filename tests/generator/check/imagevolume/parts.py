"""Services with images, and with the volumes that go with them."""

from typing import Any

from tests.generator.check.manifests import MODEL, SERVICE, mutated

SHA = f"sha256:{'0' * 64}"
PIN = f"r.io/iris@{SHA}"
NATIVE = mutated(SERVICE, f"{MODEL}.storageUri", f"oci+native://{PIN}")
P, D, ANNOTATIONS = "spec.predictor", "/mnt/models", "metadata.annotations"
FORMAT = {"modelFormat": {"name": "triton"}}
PROVISION = "kserve-provision-location"
CLAIM = {"persistentVolumeClaim": {"claimName": "models"}}


def listed(*uris: str, paths: tuple[str, ...] = ("a", "b", "c"), **more: object) -> dict[str, Any]:
    """A service with `storageUris`, mounted at folders of /mnt/models or at absolute paths."""
    places = [path if path.startswith("/") else f"{D}/{path}".rstrip("/") for path in paths]
    entries = [{"uri": uri, "mountPath": place} for uri, place in zip(uris, places, strict=False)]
    return mutated(SERVICE, P, {"model": FORMAT, "storageUris": entries, **more})


def image(name: str = "model", **source: str) -> dict[str, Any]:
    return {"name": name, "image": {"reference": PIN, **source}}


def mounted(name: str, path: str = D, **more: object) -> list[dict[str, Any]]:
    return [{"name": name, "mountPath": path, **more}]


def with_volumes(item: dict[str, Any], *volumes: dict[str, Any], mounts: object = None) -> dict[str, Any]:
    held = mutated(item, f"{P}.volumes", list(volumes))
    return mutated(held, f"{MODEL}.volumeMounts", mounts) if mounts else held
