"""An OCI image whose layers are a ModelKit's own: what a node mounts as an image volume, made by hand."""

import io
import json
import tarfile
from typing import Any

from tests.image.packing import MANIFEST_TYPE, digest
from tests.parts.registry import Registry

INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"
ARCHITECTURES = ("amd64", "arm64")


def push_image(registry: Registry, repository: str, modelkit: str, tag: str) -> str:
    """Push the image of a ModelKit whose layers are plain tar; the URI by which KServe mounts it."""
    manifest = json.loads(registry.storage.path(modelkit).read_text())
    layers = [each | {"mediaType": LAYER_TYPE} for each in manifest["layers"]]
    layers.append(_pushed(registry, repository, _models_link(), LAYER_TYPE))
    images = [_image(registry, repository, layers, each) for each in ARCHITECTURES]
    index = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": images}
    registry.push_manifest(repository, tag, json.dumps(index).encode(), INDEX_TYPE)
    return f"oci+native://{registry.host}/{repository}:{tag}"


def _image(
    registry: Registry, repository: str, layers: list[dict[str, Any]], architecture: str
) -> dict[str, Any]:
    platform = {"architecture": architecture, "os": "linux"}
    rootfs = {"type": "layers", "diff_ids": [each["digest"] for each in layers]}
    config = _pushed(registry, repository, json.dumps(platform | {"rootfs": rootfs}).encode(), CONFIG_TYPE)
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": config, "layers": layers}
    data = json.dumps(manifest).encode()
    registry.push_manifest(repository, digest(data), data, MANIFEST_TYPE)
    return {"mediaType": MANIFEST_TYPE, "digest": digest(data), "size": len(data), "platform": platform}


def _pushed(registry: Registry, repository: str, data: bytes, media_type: str) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": registry.push_blob(repository, data), "size": len(data)}


def _models_link() -> bytes:
    """A layer with the folder that KServe mounts: the root itself."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        link = tarfile.TarInfo("models")
        link.type, link.linkname, link.mode = tarfile.SYMTYPE, ".", 0o777
        archive.addfile(link)
    return buffer.getvalue()
