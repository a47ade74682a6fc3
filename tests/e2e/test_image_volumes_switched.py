"""A service that changes how it gets its model, by `helm upgrade`; and KServe with image volumes turned off."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.conftest import Cluster
from tests.e2e.features import needs
from tests.e2e.files import service
from tests.e2e.image_volumes import images_off, make_image, pack_words, pod, pods, shown
from tests.e2e.inference import READY_SECONDS, await_ready
from tests.e2e.kubectl import Kubectl, KubectlError
from tests.e2e.release import Release
from tests.image.packing import Packed
from tests.parts.registry import Registry

pytestmark = needs("`oci+native://`")
INITIALIZER, NOTHING = "storage-initializer", ""
BY_VOLUME = {"imageVolumes": {"mountBy": "volume"}}


@pytest.fixture
def words() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def packed(registry: Registry, words: str) -> Packed:
    packed = pack_words(registry, words)
    make_image(registry, packed.pinned)
    return packed


@pytest.fixture
def off(cluster: Cluster) -> Iterator[None]:
    with images_off(cluster.kubectl):
        yield


def served(files: Release, packed: Packed, delivery: str, by: str, **values: Any) -> str:  # noqa: ANN401 - any value
    """What the service shows after an upgrade, once its only pod gets its model by `by`."""
    files.install(inferenceServices={"words": service(storageUri=packed.pinned, delivery=delivery)}, **values)
    end = time.monotonic() + READY_SECONDS
    while [source(each) for each in pods(files.kubectl, "words")] != [by]:
        assert time.monotonic() < end, pods(files.kubectl, "words")
        time.sleep(0.2)
    pod(files.kubectl, "words")
    return shown(files.kubectl)


def source(found: dict[str, Any]) -> str:
    """The init container that a pod gets its model from, or else the image volume, or nothing."""
    containers = [each["name"] for each in found["spec"].get("initContainers", [])]
    volumes = [each["name"] for each in found["spec"]["volumes"] if "image" in each]
    return " ".join(containers + volumes)


def test_from_the_initializer_to_an_image_volume_and_back(files: Release, packed: Packed, words: str) -> None:
    assert served(files, packed, "initializer", INITIALIZER) == words
    assert served(files, packed, "imageVolume", "mnt-models") == words
    assert served(files, packed, "imageVolume", "kitserve-model", **BY_VOLUME) == words
    assert served(files, packed, "initializer", INITIALIZER) == words


@pytest.mark.usefixtures("off")
def test_where_kserve_has_it_off_the_pod_is_ready_without_a_model_and_without_a_word(
    files: Release, kubectl: Kubectl, packed: Packed, words: str
) -> None:
    with pytest.raises(KubectlError, match="could not find the requested resource"):
        served(files, packed, "imageVolume", NOTHING)
    await_ready(kubectl, "words")

    assert served(files, packed, "imageVolume", "kitserve-model", **BY_VOLUME) == words
