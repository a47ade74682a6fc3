"""A ModelKit's layers as an image that the node pulls and mounts: no initializer, and the next pod starts at once."""

import subprocess
import uuid

import pytest
from kitserve.render.manifests.image_volume import image

from tests.e2e.files import service
from tests.e2e.image_volumes import event, make_image, mounted, pack_words, pod, shown
from tests.e2e.inference import CLASSES, await_ready, predict, sklearn
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.image.packing import Packed
from tests.parts.registry import Registry
from tests.parts.tools import tool


def entry(uri: str) -> dict[str, object]:
    return service(storageUri=uri, delivery="imageVolume")


@pytest.fixture
def words() -> str:
    """Content that no other test has pulled to the node."""
    return uuid.uuid4().hex


@pytest.fixture
def packed(registry: Registry, words: str) -> Packed:
    return pack_words(registry, words)


def test_predicts_from_the_layers_as_they_lie_in_the_registry(
    release: Release, kubectl: Kubectl, registry: Registry
) -> None:
    uri = f"kit://{registry.host}/golden/iris:v1"
    native = make_image(registry, uri)
    release.install(inferenceServices={"iris": sklearn(uri) | {"delivery": "imageVolume"}})
    assert predict(kubectl, "iris") == CLASSES
    serving = pod(kubectl, "iris")
    assert mounted(serving) == [native.removeprefix("oci+native://")]
    assert "initContainers" not in serving["spec"]


def test_next_pod_asks_no_registry(
    files: Release, kubectl: Kubectl, registry: Registry, packed: Packed, words: str
) -> None:
    make_image(registry, packed.uri)
    files.install(inferenceServices={"words": entry(packed.uri)})
    await_ready(kubectl, "words")
    before = pod(kubectl, "words")["metadata"]["name"]
    asked = len(registry.accesses())

    kubectl.run("delete", "pod", before, "--grace-period=1")

    after = pod(kubectl, "words")["metadata"]["name"]
    assert after != before
    assert shown(kubectl) == words
    assert len(registry.accesses()) == asked
    assert event(kubectl, "Pulled", f'"{image(packed.uri)}" already present')


def test_two_services_with_one_model_share_the_disk(
    files: Release, kubectl: Kubectl, registry: Registry, packed: Packed, words: str
) -> None:
    make_image(registry, packed.uri)
    before = fetched(registry, packed.layers[0])
    files.install(inferenceServices={name: entry(packed.uri) for name in ("one", "other")})
    for name in ("one", "other"):
        await_ready(kubectl, name)
        assert shown(kubectl, name) == words
    assert directories(kubectl, "one") == directories(kubectl, "other")
    assert fetched(registry, packed.layers[0]) == before + 1


def fetched(registry: Registry, digest: str) -> int:
    """How often a blob was sent."""
    asked = [each for each in registry.accesses() if each.path.endswith(digest)]
    return len([each for each in asked if each.method == "GET" and each.status == 200])


def directories(kubectl: Kubectl, name: str) -> str:
    """The folders on the node that the service's pod sees its model from: snapshots of containerd's."""
    mounts = kubectl.run("exec", f"deployment/{name}-predictor", "--", "cat", "/proc/self/mountinfo")
    (line,) = (line for line in mounts.splitlines() if " /mnt/models " in line)
    (lower,) = (each for each in line.split()[-1].split(",") if each.startswith("lowerdir="))
    return lower


def test_serves_a_modelkit_whose_tag_is_deleted(
    files: Release, kubectl: Kubectl, registry: Registry, packed: Packed, words: str
) -> None:
    make_image(registry, packed.uri)
    address = f"{registry.url}/v2/{packed.repository}/manifests/v1"
    assert registry.http.request("DELETE", address).status == 202
    collect_garbage(registry)
    manifest = f"{registry.url}/v2/{packed.repository}/manifests/{packed.digest}"
    assert registry.http.request("GET", manifest).status == 404
    files.install(inferenceServices={"words": entry(packed.uri)})
    await_ready(kubectl, "words")
    assert shown(kubectl) == words


def collect_garbage(registry: Registry) -> None:
    """Remove what no tag leads to, as a registry's owner does at night."""
    configuration = registry.storage.root.parent / "config.json"
    subprocess.run(
        [tool("registry"), "garbage-collect", "--delete-untagged", configuration],
        capture_output=True,
        check=True,
    )


def test_moved_tag_stays_the_old_model_on_a_node_that_has_it(
    files: Release, kubectl: Kubectl, registry: Registry, packed: Packed, words: str
) -> None:
    make_image(registry, packed.uri)
    files.install(inferenceServices={"words": entry(packed.uri)})
    await_ready(kubectl, "words")
    newer = pack_words(registry, "newer", packed.repository)
    make_image(registry, newer.uri)
    make_image(registry, newer.pinned)

    files.install(
        inferenceServices={
            "words": entry(newer.uri),
            "again": entry(newer.uri),
            "pinned": entry(newer.pinned),
        }
    )

    for name, content in {"again": words, "pinned": "newer"}.items():
        await_ready(kubectl, name)
        assert shown(kubectl, name) == content
