"""KitOps' guide as written: install, apply an InferenceService with a kit:// URI, get a prediction."""

from tests.e2e.inference import CLASSES, RESOURCES, initializer, predict
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.parts.registry import Registry


def test_model_is_served_from_its_modelkit(release: Release, kubectl: Kubectl, registry: Registry) -> None:
    release.install()
    uri = f"kit://{registry.host}/golden/iris:v1"
    model = {
        "modelFormat": {"name": "sklearn"},
        "protocolVersion": "v2",
        "storageUri": uri,
        "resources": RESOURCES,
    }
    kubectl.apply(
        {
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "metadata": {"name": "iris"},
            "spec": {"predictor": {"model": model}},
        }
    )
    container = initializer(kubectl, "iris")
    assert container["image"] == release.image
    assert container["args"] == [uri, "/mnt/models"]
    assert predict(kubectl, "iris") == CLASSES
    answered = (each.path for each in registry.accesses() if each.status == 200)
    assert next(answered) == "/v2/golden/iris/manifests/v1"
