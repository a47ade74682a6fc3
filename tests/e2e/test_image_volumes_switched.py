"""A service that changes how it gets its model, by `helm upgrade`; and KServe with image volumes turned off."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.conftest import Cluster
from tests.e2e.files import service
from tests.e2e.image_volumes import make_image, mounted, pack_words, pod, shown
from tests.e2e.inference import await_ready
from tests.e2e.kubectl import Kubectl, KubectlError
from tests.e2e.layout import KSERVE_NAMESPACE
from tests.e2e.release import Release
from tests.image.packing import Packed
from tests.parts.registry import Registry

CONFIGURATION = "configmap/inferenceservice-config"
OFF = {"enableModelcar": False, "enableOciModelSupport": False, "ociModelMode": ""}
BY_VOLUME = {"imageVolumes": {"mountBy": "volume"}}


@pytest.fixture
def packed(registry: Registry) -> Packed:
    packed = pack_words(registry, uuid.uuid4().hex)
    make_image(registry, packed.pinned)
    return packed


@pytest.fixture
def off(cluster: Cluster) -> Iterator[None]:
    """KServe's configuration without the keys that make it mount images for a single `storageUri`."""
    kubectl = cluster.kubectl.within(KSERVE_NAMESPACE)
    before = kubectl.get(CONFIGURATION)["data"]["storageInitializer"]
    configure(kubectl, json.dumps(json.loads(before) | OFF))
    yield
    configure(kubectl, before)


def configure(kubectl: Kubectl, settings: str) -> None:
    patch = json.dumps({"data": {"storageInitializer": settings}})
    kubectl.run("patch", CONFIGURATION, "--type=merge", f"--patch={patch}")


def served(files: Release, packed: Packed, delivery: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - any value of the chart
    """The service's pod after an upgrade."""
    entry = service(storageUri=packed.pinned, delivery=delivery)
    files.install(inferenceServices={"words": entry}, **values)
    await_ready(files.kubectl, "words")
    return pod(files.kubectl, "words")


def test_from_the_initializer_to_an_image_volume_and_back(
    files: Release, kubectl: Kubectl, packed: Packed
) -> None:
    first = served(files, packed, "initializer")
    content = shown(kubectl)
    assert [each["name"] for each in first["spec"]["initContainers"]] == ["storage-initializer"]
    assert mounted(first) == []

    for values in ({}, BY_VOLUME):
        switched = served(files, packed, "imageVolume", **values)
        assert "initContainers" not in switched["spec"]
        assert len(mounted(switched)) == 1
        assert shown(kubectl) == content

    back = served(files, packed, "initializer")
    assert [each["name"] for each in back["spec"]["initContainers"]] == ["storage-initializer"]
    assert mounted(back) == []
    assert shown(kubectl) == content


@pytest.mark.usefixtures("off")
def test_where_kserve_has_it_off_the_pod_is_ready_without_a_model_and_without_a_word(
    files: Release, kubectl: Kubectl, packed: Packed
) -> None:
    serving = served(files, packed, "imageVolume")
    assert mounted(serving) == []
    assert "initContainers" not in serving["spec"]
    with pytest.raises(KubectlError):
        shown(kubectl)

    assert len(mounted(served(files, packed, "imageVolume", **BY_VOLUME))) == 1
    assert shown(kubectl)
