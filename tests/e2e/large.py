"""A ModelKit of 3 GiB that costs nothing: its weights are zeros, a sparse file in the registry's storage."""

import hashlib
import json
import tarfile
from typing import IO

from tests.image.packing import CONFIG_TYPE, LAYER_TYPE, MANIFEST_TYPE, file, layer
from tests.parts.registry import Registry

SIZE = 3 << 30
WEIGHTS, VOCABULARY = "weights.bin", "vocabulary.txt"
_KIND = LAYER_TYPE.replace("model.v1", "modelpart.v1")
_STEP = 1 << 24


def push(registry: Registry, repository: str) -> tuple[str, str]:
    """Put it there as REPOSITORY:v1; the digests of its small layer and of the large one."""
    small = layer(file(VOCABULARY, b"a b c\n"))
    small_digest = registry.push_blob(repository, small)
    large_digest, large_size = _place(registry, repository)
    parts = [{"path": VOCABULARY, "digest": small_digest}, {"path": WEIGHTS, "digest": large_digest}]
    config = json.dumps({"manifestVersion": "1.0.0", "model": {"name": "large", "parts": parts}}).encode()
    layers = [
        {"mediaType": _KIND, "digest": small_digest, "size": len(small)},
        {"mediaType": _KIND, "digest": large_digest, "size": large_size},
    ]
    described = {
        "mediaType": CONFIG_TYPE,
        "digest": registry.push_blob(repository, config),
        "size": len(config),
    }
    manifest = {"schemaVersion": 2, "config": described, "layers": layers}
    registry.push_manifest(repository, "v1", json.dumps(manifest).encode(), MANIFEST_TYPE)
    return small_digest, large_digest


def _place(registry: Registry, repository: str) -> tuple[str, int]:
    """Put the large layer into the registry's storage; its digest and size."""
    beside = registry.storage.root / "large.tar"
    with beside.open("wb") as archive:
        digest = f"sha256:{_write(archive).hexdigest()}"
    size = beside.stat().st_size
    registry.storage.adopt(beside, repository, digest)
    return digest, size


def _write(archive: IO[bytes]) -> "hashlib._Hash":
    info = tarfile.TarInfo(WEIGHTS)
    info.size, info.mode = SIZE, 0o644
    header = info.tobuf(tarfile.PAX_FORMAT)
    archive.write(header)
    archive.truncate(len(header) + SIZE + 2 * tarfile.BLOCKSIZE)
    hasher, zeros = hashlib.sha256(header), bytes(_STEP)
    for _ in range(SIZE // _STEP):
        hasher.update(zeros)
    hasher.update(bytes(2 * tarfile.BLOCKSIZE))
    return hasher
