"""OCI image layouts of a few files, as buildah leaves them: a manifest for each platform, and no index yet."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG = "application/vnd.oci.image.config.v1+json"


def elf(machine: int, *, big_endian: bool = False) -> bytes:
    """The beginning of a program or a library for a machine."""
    number = machine.to_bytes(2, "big") if big_endian else machine.to_bytes(2, "little")
    return b"\x7fELF\x02" + bytes([2 if big_endian else 1]) + bytes(12) + number + bytes(44)


def layout(folder: Path, images: Mapping[str, Mapping[str, bytes]]) -> Path:
    """Write a layout of images by their platforms, each of one layer with these files."""
    entries = [_image(folder, platform, files) for platform, files in images.items()]
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": entries}))
    return folder


def _image(folder: Path, platform: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    system, _, architecture = platform.partition("/")
    config = {"os": system, "architecture": architecture, "rootfs": {"type": "layers", "diff_ids": []}}
    document = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": _blob(folder, json.dumps(config).encode(), CONFIG),
        "layers": [_blob(folder, gzip.compress(_tar(files), mtime=0), LAYER)],
    }
    return _blob(folder, json.dumps(document).encode(), MANIFEST)


def _blob(folder: Path, data: bytes, media_type: str) -> dict[str, Any]:
    digest = hashlib.sha256(data).hexdigest()
    path = folder / "blobs" / "sha256" / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}


def _tar(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()
