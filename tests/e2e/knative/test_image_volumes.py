"""ModelKits as image volumes in the mode Knative: which ways to them need Knative's feature."""

import uuid
from typing import Any

import pytest

from tests.e2e.files import service
from tests.e2e.image_volumes import SHOWN, make_image, pack_words, pods
from tests.e2e.inference import await_ready
from tests.e2e.knative.client import ask
from tests.e2e.knative.features import switched_on
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.e2e.status import await_causes
from tests.image.packing import Packed
from tests.parts.registry import Registry

FEATURE = "kubernetes.podspec-volumes-image"


@pytest.fixture
def words() -> str:
    """Content that no other test has pulled to the node."""
    return uuid.uuid4().hex


@pytest.fixture
def packed(registry: Registry, words: str) -> Packed:
    made = pack_words(registry, words)
    make_image(registry, made.uri)
    return made


def install(files: Release, source: dict[str, Any], **values: Any) -> None:  # noqa: ANN401 - any value
    entry = service(delivery="imageVolume", deploymentMode="Knative", **source)
    files.install(inferenceServices={"words": entry}, **values)


def test_one_model_needs_no_feature(files: Release, kubectl: Kubectl, packed: Packed, words: str) -> None:
    install(files, {"storageUri": packed.uri})

    await_ready(kubectl, "words")
    assert ask(kubectl, "inferenceservice/words", f"/{SHOWN}") == words
    (pod,) = pods(kubectl, "words")
    assert "initContainers" not in pod["spec"]


@pytest.mark.parametrize("way", ["storageUris", "mountBy"])
def test_what_knative_sees_needs_the_feature(
    files: Release, kubectl: Kubectl, packed: Packed, words: str, way: str
) -> None:
    sources: dict[str, Any] = {
        "storageUris": ({"storageUris": [{"uri": packed.uri, "mountPath": "/mnt/models/a"}]}, {}),
        "mountBy": ({"storageUri": packed.uri}, {"imageVolumes": {"mountBy": "volume"}}),
    }
    source, values = sources[way]
    install(files, source, **values)
    assert "Image volume support is disabled" in await_causes(kubectl, "words")["words"]["cause"]

    with switched_on(kubectl, FEATURE):
        kubectl.run("annotate", "inferenceservice/words", "example.com/again=1")
        await_ready(kubectl, "words")
        path = f"/a/{SHOWN}" if way == "storageUris" else f"/{SHOWN}"
        assert ask(kubectl, "inferenceservice/words", path) == words
