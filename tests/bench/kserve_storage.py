"""KServe's own initializer as a process: the newest release of its package, in an environment outside the checkout."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.bench.blobs import Work
from tests.bench.cluster.artifacts import IMAGE_CONFIG, IMAGE_LAYER
from tests.bench.measure import Command
from tests.bench.modelkits import described, digest
from tests.image.packing import MANIFEST_TYPE
from tests.parts.cache import make_once
from tests.parts.registry import Registry

VERSION = "0.21.0"
_INSECURE = "KSERVE_OCI_INSECURE_REGISTRY=true"
_FETCH = (
    "import sys; from kserve_storage import Storage; Storage.download_files([sys.argv[1]], [sys.argv[2]])"
)


def installed() -> Path:
    """The environment's Python, installed by the first call within some minutes."""
    key = f"bench/kserve-storage-{VERSION}-{sys.version_info.major}.{sys.version_info.minor}"
    return make_once(key, _install) / "bin/python"


def push(registry: Registry, work: Work) -> str:
    """Push the layers of a work as an image, which is what it reads; returns REPOSITORY:TAG.

    It takes what lies in the image's folder `models`.
    """
    repository = f"bench/{work.name}-image"
    kind = IMAGE_LAYER + "+gzip" * work.gzip
    layers = [
        described(kind, registry.push_blob(repository, path.read_bytes()), path) for path in work.layers
    ]
    plain = [digest(path.with_name(path.name.removesuffix(".gz"))) for path in work.layers]
    config = json.dumps(
        {"os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": plain}}
    ).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {
            "mediaType": IMAGE_CONFIG,
            "digest": registry.push_blob(repository, config),
            "size": len(config),
        },
        "layers": layers,
    }
    registry.push_manifest(repository, "v1", json.dumps(manifest).encode(), MANIFEST_TYPE)
    return f"{repository}:v1"


def command(python: Path, source: str) -> Command:
    """What fetches REGISTRY/REPOSITORY:TAG; it compares no digest."""
    words = ["env", _INSECURE, str(python), "-c", _FETCH, f"oci://{source}"]
    return lambda folder: [*words, str(folder)]


def _install(folder: Path) -> None:
    print(f"installing kserve-storage {VERSION}, some minutes the first time ...", flush=True)
    run = partial(subprocess.run, check=True, stdout=subprocess.DEVNULL)
    # It stays where make_once moves it to: nothing runs its scripts, which know their place.
    run([sys.executable, "-m", "venv", folder])
    words = ["pip", "install", "--quiet", "--only-binary", ":all:", f"kserve-storage=={VERSION}"]
    run([folder / "bin/python", "-m", *words])
