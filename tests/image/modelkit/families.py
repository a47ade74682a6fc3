"""ModelKits that build on others."""

import json
import tarfile

from tests.image.packing import MANIFEST_TYPE, Packed, digest, file, folder, fresh, layer, pack
from tests.parts.modelkits import modelkits
from tests.parts.registry import Registry

WEIGHTS = layer(folder("base"), file("base/weights", b"w" * 70_000))
ADAPTER = layer(file("adapter", b"lora"))


def reference(made: Packed) -> str:
    return made.uri.removeprefix("kit://")


def child(registry: Registry, parent: str, *layers: bytes, repository: str = "") -> Packed:
    """A ModelKit whose model is another one; its own layers are parts."""
    return pack(
        registry,
        *(layers or (ADAPTER,)),
        claim=lambda config: config["model"].update(path=parent),
        repository=repository,
    )


def packed_by_kit(registry: Registry) -> str:
    """The ModelKit `child`, which says where `base` is, with this registry instead of the one it was packed for."""
    repository = fresh()
    with tarfile.open(modelkits()["child"].archive) as archive:
        found = {name: archive.extractfile(name) for name in archive.getnames() if "blobs/" in name}
        blobs = [opened.read() for opened in found.values() if opened]
    by_digest = {digest(data): data for data in blobs}
    manifest = json.loads(next(data for data in blobs if data.startswith(b'{"schemaVersion"')))
    config = by_digest[manifest["config"]["digest"]].replace(b"localhost:5000", registry.host.encode())
    manifest["config"] |= {"digest": digest(config), "size": len(config)}
    for data in (config, *(by_digest[each["digest"]] for each in manifest["layers"])):
        registry.push_blob(repository, data)
    registry.push_manifest(repository, "v1", json.dumps(manifest).encode(), MANIFEST_TYPE)
    return f"kit://{registry.host}/{repository}:v1"
