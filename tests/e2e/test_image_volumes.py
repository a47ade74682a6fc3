"""A ModelKit's layers as an image that the node pulls and mounts: no initializer, and the second pod starts at once."""

from tests.e2e.handmade import push_image
from tests.e2e.inference import CLASSES, predict, sklearn
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry


def test_predicts_from_the_layers_as_they_lie_in_the_registry(
    release: Release, kubectl: Kubectl, registry: Registry, modelkits: dict[str, ModelKit]
) -> None:
    uri = push_image(registry, "golden/iris", modelkits["iris"].expected["manifest_digest"], "v1.image")
    release.install(inferenceServices={"iris": sklearn(uri)})
    assert predict(kubectl, "iris") == CLASSES
    (pod,) = kubectl.items("pods", "--selector=serving.kserve.io/inferenceservice=iris")
    assert "initContainers" not in pod["spec"]
