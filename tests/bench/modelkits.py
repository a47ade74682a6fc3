"""The works as ModelKits in a registry."""

import hashlib
import json
from pathlib import Path

from tests.bench.blobs import Work
from tests.image.packing import CONFIG_TYPE, LAYER_TYPE, MANIFEST_TYPE
from tests.parts.registry import Registry


def push(registry: Registry, work: Work, *, diff_ids: bool = True) -> str:
    """Push a work as a ModelKit of parts, with the content's digests as `kit pack` has them; returns REPOSITORY:TAG."""
    repository = f"bench/{work.name}{'' if diff_ids else '-without-diff-ids'}"
    kind = LAYER_TYPE.replace("model.v1", "modelpart.v1") + "+gzip" * work.gzip
    layers = [
        described(kind, registry.push_blob(repository, path.read_bytes()), path) for path in work.layers
    ]
    parts = [
        {"path": _member(path), "digest": layer["digest"], **(_diff_id(path) if diff_ids else {})}
        for path, layer in zip(work.layers, layers, strict=True)
    ]
    config = json.dumps(
        {"manifestVersion": "1.0.0", "package": {}, "model": {"name": "bench", "parts": parts}}
    )
    digest = registry.push_blob(repository, config.encode())
    manifest = {
        "schemaVersion": 2,
        "config": {"mediaType": CONFIG_TYPE, "digest": digest, "size": len(config)},
        "layers": layers,
    }
    registry.push_manifest(repository, "v1", json.dumps(manifest).encode(), MANIFEST_TYPE)
    return f"{repository}:v1"


def digest(path: Path) -> str:
    """The digest of a layer."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def described(kind: str, layer: str, path: Path) -> dict[str, str | int]:
    """The descriptor of a layer."""
    return {"mediaType": kind, "digest": layer, "size": path.stat().st_size}


def _member(path: Path) -> str:
    return f"models/{path.name.partition('.')[0]}.safetensors"


def _diff_id(path: Path) -> dict[str, str]:
    """The digest of what a layer holds, where it lies plain beside it."""
    plain = path.with_name(path.name.removesuffix(".gz"))
    return {"diffId": digest(plain)} if plain.exists() else {}
