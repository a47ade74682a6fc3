"""Manifests over layers that lie in a registry: a ModelKit's, an image's."""

import io
import json
import platform
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.image.packing import CONFIG_TYPE, LAYER_TYPE, MANIFEST_TYPE
from tests.parts.registry import Registry

IMAGE_CONFIG = "application/vnd.oci.image.config.v1+json"
IMAGE_LAYER = "application/vnd.oci.image.layer.v1.tar"
_PART = LAYER_TYPE.replace("model.v1", "modelpart.v1")
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
BUSYBOX = Path("/bin/busybox")
_APPLETS = ("[", "ln", "ls", "mkdir", "sh", "sleep")
"""What KServe runs in a modelcar (pkg/utils/storage.go, modelcarCommand and CreateModelcarInitContainer)."""


@dataclass(frozen=True)
class Layer:
    """A plain tar archive that the registry holds; `size` in bytes."""

    digest: str
    size: int


def push_modelkit(registry: Registry, repository: str, tag: str, parts: Mapping[str, Layer]) -> None:
    """Push a ModelKit of these files."""
    listed = [{"path": path, "digest": each.digest, "diffId": each.digest} for path, each in parts.items()]
    config = {"manifestVersion": "1.0.0", "package": {}, "model": {"name": "bench", "parts": listed}}
    _push(registry, (repository, tag), (CONFIG_TYPE, config), _PART, list(parts.values()))


def push_car(registry: Registry, repository: str, layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Push REPOSITORY:v1, the image of KServe's modelcar on busybox; returns all its layers."""
    programs = _programs()
    all_layers = (Layer(registry.push_blob(repository, programs), len(programs)), *layers)
    config = {
        "architecture": _ARCHITECTURES[platform.machine()],
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [each.digest for each in all_layers]},
    }
    _push(registry, (repository, "v1"), (IMAGE_CONFIG, config), IMAGE_LAYER, all_layers)
    return all_layers


def _push(
    registry: Registry,
    place: tuple[str, str],
    config: tuple[str, dict[str, Any]],
    media_type: str,
    layers: Sequence[Layer],
) -> None:
    (repository, tag), (kind, document) = place, config
    data = json.dumps(document).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {"mediaType": kind, "digest": registry.push_blob(repository, data), "size": len(data)},
        "layers": [{"mediaType": media_type, "digest": each.digest, "size": each.size} for each in layers],
    }
    registry.push_manifest(repository, tag, json.dumps(manifest).encode(), MANIFEST_TYPE)


def _programs() -> bytes:
    """Return a layer with a shell, and the folder for the model."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder in ("bin", "models"):
            info = tarfile.TarInfo(folder)
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(info)
        archive.add(BUSYBOX, "bin/busybox")
        for applet in _APPLETS:
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
    return buffer.getvalue()
