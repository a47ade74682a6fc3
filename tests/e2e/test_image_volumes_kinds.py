"""ModelKits of each kind as image volumes: what a server sees is what the initializer unpacks."""

import json
from typing import Any

import pytest

from tests.e2e.features import needs
from tests.e2e.files import service
from tests.e2e.image_volumes import make_image
from tests.e2e.inference import CLASSES, await_ready, predict, sklearn
from tests.e2e.kubectl import Kubectl, KubectlError
from tests.e2e.release import Release
from tests.image.artifacts import KIT, push_modelkit, tarred
from tests.image.packing import Packed, file, folder, layer, pack
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry

# With those made below ten, and each in a folder of its own: newer KServes take no more images, and look at folders.
FIXTURES = ("iris", "iris-gzip", "iris-nested", "llm-parts", "modelpack-tar", "names")
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
# The initializer's marker, and the link by which KServe finds the files in an image.
OWN = (".kitserve.json", "models")
# Who may write plays no part: an image volume is read-only. The initializer's umask takes those rights away, and
# containerd leaves modes as they are in the layer.
LISTING = f"""
import hashlib, json, os
found = {{}}
def note(path):
    seen = os.lstat(path)
    mode = f"{{seen.st_mode & ~0o022:o}}"
    if os.path.islink(path):
        return [mode, os.readlink(path)]
    if os.path.isdir(path):
        return [mode]
    with open(path, "rb") as file:
        return [mode, hashlib.sha256(file.read()).hexdigest()]
for model in sorted(os.listdir("/mnt/models")):
    top = f"/mnt/models/{{model}}/files"
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            if os.path.relpath(path, top) not in {OWN!r}:
                found[path] = note(path)
print(json.dumps(found))
"""


@pytest.fixture
def uris(registry: Registry, modelkits: dict[str, ModelKit]) -> dict[str, str]:
    """References by the names of their folders."""
    for name in ("base", *FIXTURES):
        registry.push_layout(modelkits[name].archive, f"golden/{name}", "v1")
    return {
        **{name: f"kit://{registry.host}/golden/{name}:v1" for name in FIXTURES},
        "child": child(registry).uri,
        "index": index(registry),
        "zstd": compressed(registry).uri,
        "modes": modes(registry).uri,
    }


def child(registry: Registry) -> Packed:
    """A ModelKit that builds on `base`."""
    adapter = layer(file("adapter.bin"))
    parent = f"{registry.host}/golden/base:v1"
    return pack(
        registry, adapter, paths=["adapter.bin"], claim=lambda config: config["model"].update(path=parent)
    )


def index(registry: Registry) -> str:
    """An index of one ModelKit, as `kit index` makes it."""
    entry = pack(registry, layer(file("quantized.bin")), paths=["quantized.bin"])
    described = registry.descriptor(entry.repository, entry.digest)
    document = {
        "schemaVersion": 2,
        "mediaType": INDEX_TYPE,
        "artifactType": f"{KIT}index.v1+json",
        "manifests": [described | {"modelMetadata": {"quantization": "q4_0"}}],
    }
    registry.push_manifest(entry.repository, "all", json.dumps(document).encode(), INDEX_TYPE)
    return f"kit://{registry.host}/{entry.repository}:all"


def compressed(registry: Registry) -> Packed:
    """A ModelKit with a layer of zstd."""
    model = tarred("model", "words.txt", layer(file("words.txt", b"words" * 1000)), "zstd")
    return push_modelkit(registry, {"model": model.entry(path="words.txt")}, [model])


def modes(registry: Registry) -> Packed:
    """A ModelKit with modes of all sorts that everybody can read."""
    members = (
        folder("open", 0o777),
        file("open/run.sh", b"#!/bin/sh\n", 0o755),
        file("open/all.bin", mode=0o666),
        folder("empty", 0o555),
    )
    return pack(registry, layer(*members), paths=["."])


@needs("`storageUris`")
def test_a_pod_sees_what_the_initializer_unpacks(
    files: Release, kubectl: Kubectl, registry: Registry, uris: dict[str, str]
) -> None:
    for uri in uris.values():
        make_image(registry, uri)
    models = [{"uri": uri, "mountPath": f"/mnt/models/{name}/files"} for name, uri in uris.items()]
    by = {"unpacked": "initializer", "mounted": "imageVolume"}
    files.install(
        inferenceServices={name: service(storageUris=models, delivery=how) for name, how in by.items()}
    )
    unpacked = seen(kubectl, "unpacked")
    assert {path.split("/")[3] for path in unpacked} == set(uris)
    assert seen(kubectl, "mounted") == unpacked
    with pytest.raises(KubectlError, match="Read-only file system"):
        kubectl.run(
            "exec", "deployment/mounted-predictor", "--", "touch", "/mnt/models/modes/files/open/made"
        )


def seen(kubectl: Kubectl, name: str) -> dict[str, list[str]]:
    """Type, mode and content of all that the service's server can read, by path."""
    await_ready(kubectl, name)
    listing: dict[str, list[str]] = json.loads(
        kubectl.run("exec", f"deployment/{name}-predictor", "--", "python3", "-c", LISTING)
    )
    return listing


def test_predicts_with_a_model_that_lies_in_a_folder(
    release: Release, kubectl: Kubectl, registry: Registry, modelkits: dict[str, ModelKit]
) -> None:
    registry.push_layout(modelkits["iris-nested"].archive, "golden/iris-nested", "v1")
    uri = f"kit://{registry.host}/golden/iris-nested:v1"
    make_image(registry, uri, "--layout=model", "--filter=model")
    chosen: dict[str, Any] = {"delivery": "imageVolume", "unpacking": {"layout": "model", "filter": "model"}}
    release.install(inferenceServices={"iris": sklearn(uri) | chosen})
    assert predict(kubectl, "iris") == CLASSES
