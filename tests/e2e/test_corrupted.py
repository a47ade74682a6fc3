"""A ModelKit whose bytes changed in the registry."""

import json

import pytest

from tests.e2e.files import service
from tests.e2e.inference import failure, initializer
from tests.e2e.kubectl import Kubectl, KubectlError
from tests.e2e.release import Release
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry

CORRUPT_CONTENT = 22


def test_it_is_never_served_and_the_status_says_why(
    files: Release, kubectl: Kubectl, registry: Registry, modelkits: dict[str, ModelKit]
) -> None:
    iris = modelkits["iris"]
    manifest = json.loads(registry.storage.path(iris.expected["manifest_digest"]).read_text())
    layer = manifest["layers"][0]["digest"]
    registry.storage.flip_byte(layer, 600)
    files.install(inferenceServices={"iris": service(storageUri=f"kit://{registry.host}/golden/iris:v1")})
    assert initializer(kubectl, "iris")["image"] == files.image
    info = failure(kubectl, "iris")
    assert info["exitCode"] == CORRUPT_CONTENT
    assert layer in info["message"]
    with pytest.raises(KubectlError):
        kubectl.read("iris-predictor", "/Kitfile")
