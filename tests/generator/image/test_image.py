"""The image's documents, and the way to them: layers are read once, verified, and nothing depends on a time."""

import gzip
import json
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from kitserve.errors import Refused, RegistryUnavailable, WrongSettings
from kitserve.image.build import build
from kitserve.image.documents import Image
from kitserve.image.request import Request

from tests.generator.image.comparing import compared, image_of
from tests.image.artifacts import COMPRESSIONS, push_modelpack, tarred
from tests.image.modelkit.families import ADAPTER, WEIGHTS, child
from tests.image.modelkit.indexes import Q4, Q8, Pushed
from tests.image.packing import Packed, file, header, layer, pack
from tests.image.peak_memory import MIB, PEAK_MIB
from tests.parts.modelkits import modelkits
from tests.parts.public_keys import KEYS
from tests.parts.registry import Registry

TAR = layer(file("model/w", b"w" * 10_000))
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
PREFIX = "io.kitserve.image."


def made(reference: str, **settings: Any) -> Image:  # noqa: ANN401 - fields of a Request
    """The image of a ModelKit that has one."""
    found = build(Request(reference, flags=("--plain-http",), **settings))
    assert isinstance(found, Image), found
    return found


def index(image: Image) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(image.index)
    return found


def test_the_documents_of_iris(registry: Registry) -> None:
    uri = f"kit://{registry.host}/golden/iris:v1"
    digest = modelkits()["iris"].expected["manifest_digest"]

    image = made(uri, layout="model", filters=("model", "kitfile"), platforms=("linux/arm/v7", "linux/s390x"))

    found = index(image)
    kit = json.loads(registry.storage.path(digest).read_bytes())
    manifests = [json.loads(body) for body in image.manifests]
    assert (found["schemaVersion"], found["mediaType"]) == (2, INDEX)
    assert found["subject"] == registry.descriptor("golden/iris", "v1")
    assert found["annotations"] == {
        f"{PREFIX}source": digest,
        f"{PREFIX}layout": "model",
        f"{PREFIX}filter": "model kitfile",
        f"{PREFIX}platforms": "linux/arm/v7 linux/s390x",
        f"{PREFIX}rules": "1",
    }
    assert [each["platform"] for each in found["manifests"]] == [
        {"os": "linux", "architecture": "arm", "variant": "v7"},
        {"os": "linux", "architecture": "s390x"},
    ]
    assert [each["mediaType"] for each in found["manifests"]] == [MANIFEST, MANIFEST]
    assert "artifactType" not in manifests[0]
    (weights, own) = manifests[0]["layers"]
    (packed,) = (each for each in kit["layers"] if "model.v1" in each["mediaType"])
    assert weights == {"mediaType": LAYER, "digest": packed["digest"], "size": packed["size"]}
    assert own["mediaType"] == LAYER
    assert own["size"] < 10_000


def test_the_same_modelkit_gives_the_same_image(registry: Registry) -> None:
    uri = f"kit://{registry.host}/golden/iris"
    digest = modelkits()["iris"].expected["manifest_digest"]

    first, again, pinned = made(f"{uri}:v1"), made(f"{uri}:v1"), made(f"{uri}@{digest}")

    assert first.digest == again.digest == pinned.digest
    assert first.blobs == again.blobs


def test_a_platform_counts_once(registry: Registry) -> None:
    uri = f"kit://{registry.host}/golden/iris:v1"

    assert (
        made(uri, platforms=("linux/amd64", "linux/amd64")).digest
        == made(uri, platforms=("linux/amd64",)).digest
    )


def test_other_choices_give_other_images(registry: Registry) -> None:
    uri = f"kit://{registry.host}/golden/iris:v1"
    settings: list[dict[str, Any]] = [
        {},
        {"layout": "model"},
        {"filters": ("model",)},
        {"platforms": ("linux/amd64",)},
    ]

    assert len({made(uri, **each).digest for each in settings}) == len(settings)


def test_every_layer_is_read_once(registry: Registry) -> None:
    packed = pack(registry, *(layer(file(f"f{index}", bytes(300_000))) for index in range(5)))
    before = len(registry.accesses())
    told: list[tuple[int, int]] = []

    found = build(Request(packed.uri, flags=("--plain-http",)), lambda *done: told.append(done))

    assert isinstance(found, Image)
    asked = [each for each in registry.accesses()[before:] if "/blobs/" in each.path]
    assert Counter(each.path.rpartition("/")[2] for each in asked) == Counter((packed.config, *packed.layers))
    size = sum(each.size for each in asked if packed.config not in each.path)
    assert told[-1] == (size, size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize("compression", ["", *COMPRESSIONS])
@pytest.mark.parametrize("fields", [{}, {"modelfs": {}}], ids=["with diffIds", "without diffIds"])
def test_forms_of_layers(
    registry: Registry, tmp_path: Path, compression: str, fields: dict[str, Any]
) -> None:
    packed = push_modelpack(registry, [tarred("weight", "model", TAR, compression)], fields=fields)

    found = compared(registry, tmp_path, packed.uri)

    assert isinstance(found.made, Image), found.faults
    suffix = f"+{compression}" if compression else ""
    assert found.made.mounts[0].descriptor.media_type == f"{LAYER}{suffix}"


def test_a_diff_id_that_is_another_s_is_refused(registry: Registry, tmp_path: Path) -> None:
    other = {"modelfs": {"diffIds": ["sha256:" + "0" * 64]}}
    packed = push_modelpack(registry, [tarred("weight", "model", TAR, "gzip")], fields=other)

    found = compared(registry, tmp_path, packed.uri)

    assert "when uncompressed" in found.faults


def test_an_index_of_modelkits(registry: Registry, tmp_path: Path) -> None:
    pushed = Pushed(registry, Q4, Q8)

    found = compared(registry, tmp_path, pushed.uri, labels=("quantization=q8_0",))

    assert isinstance(found.made, Image), found.faults
    assert found.made.subject.digest == pushed.digests[1]
    assert index(found.made)["annotations"][f"{PREFIX}label"] == "quantization=q8_0"


def test_parents_stand_in_the_annotations(registry: Registry) -> None:
    base = pack(registry, WEIGHTS)
    packed = child(registry, base.uri.removeprefix("kit://"))

    found = made(packed.uri)

    assert index(found)["annotations"][f"{PREFIX}parents"] == base.digest
    assert [each.holder.reference.repository for each in found.mounts] == [base.repository, packed.repository]


def test_a_parent_in_another_registry_is_refused(registry: Registry, tmp_path: Path) -> None:
    with Registry() as other:
        base = pack(other, WEIGHTS)
        packed = child(registry, base.uri.removeprefix("kit://"), ADAPTER)
        found = compared(registry, tmp_path, packed.uri)

    assert f"{base.uri}: is in another registry" in found.faults


def damaged(registry: Registry, packed: Packed) -> None:
    blob = registry.storage.path(packed.layers[0])
    blob.write_bytes(blob.read_bytes()[:-1] + b"x")


def test_a_layer_with_other_bytes_is_refused(tmp_path: Path) -> None:
    with Registry() as registry:
        packed = pack(registry, TAR)
        damaged(registry, packed)
        found = compared(registry, tmp_path, packed.uri)

    assert "should be sha256:" in found.faults


def test_what_a_policy_refuses_is_not_read(registry: Registry) -> None:
    packed = pack(registry, TAR)
    rule = {"references": ["**"], "keys": [KEYS["p256"]]}
    before = len(registry.accesses())

    with pytest.raises(Refused, match="nobody has signed"):
        build(Request(packed.uri, flags=("--plain-http",), policy=json.dumps({"rules": [rule]})))

    assert not [each for each in registry.accesses()[before:] if "/blobs/" in each.path]


def test_a_tag_that_is_not_there(registry: Registry) -> None:
    with pytest.raises(RegistryUnavailable, match="has no"):
        image_of(f"kit://{registry.host}/golden/iris:nothing")


WRONG = {
    "no reference": {"reference": "iris"},
    "no filter": {"filters": ("models",)},
    "no label": {"labels": ("bits",)},
    "no layout": {"layout": "flat"},
    "no platform": {"platforms": ("amd64",)},
    "a platform of four words": {"platforms": ("linux/arm/v7/8",)},
    "a file for a file": {"flags": ("--plain-http", "-o")},
    "files that stay": {"flags": ("--plain-http", "-i")},
}


@pytest.mark.parametrize("settings", WRONG.values(), ids=WRONG)
def test_settings_that_are_wrong(registry: Registry, settings: dict[str, Any]) -> None:
    right = {"reference": f"kit://{registry.host}/golden/iris:v1", "flags": ("--plain-http",)}

    with pytest.raises(WrongSettings):
        build(Request(**(right | settings)))


PROGRAM = """
import re, sys
from kitserve.image.build import build
from kitserve.image.request import Request
found = build(Request(sys.argv[1], filters=("model",), flags=("--plain-http",)))
with open("/proc/self/status") as status:
    print(len(found.mounts), re.search(r"VmHWM:\\s*(\\d+) kB", status.read())[1])
"""


def test_memory_does_not_grow_with_a_layer(registry: Registry) -> None:
    size = 512 * MIB
    zeros = gzip.compress(bytes(64 * MIB), 9) * (size // (64 * MIB))
    head = header("large", tarfile.REGTYPE, 0o644, size).tobuf()
    body = gzip.compress(head) + zeros + gzip.compress(bytes(1024))

    def without_diff_id(config: dict[str, Any]) -> None:
        del config["model"]["parts"][0]["diffId"]

    def compressed(manifest: dict[str, Any]) -> None:
        manifest["layers"][0]["mediaType"] += "+gzip"

    packed = pack(registry, body, claim=without_diff_id, twist=compressed)

    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, packed.uri], capture_output=True, text=True, check=True
    )

    layers, peak = map(int, ran.stdout.split())
    assert layers == 1
    assert peak < PEAK_MIB * 1024
