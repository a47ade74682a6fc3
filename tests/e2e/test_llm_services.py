"""KServe's LLMInferenceService, whose controller mounts image volumes but runs no initializer for `kit://`."""

from typing import Any

import pytest

from tests.e2e.conftest import Cluster
from tests.e2e.features import needs
from tests.e2e.files import LLM_PORT, llm_container
from tests.e2e.image_volumes import event, make_image
from tests.e2e.kubectl import Kubectl
from tests.parts.registry import Registry


def llm_service(image: str, uri: str) -> dict[str, Any]:
    return {
        "apiVersion": "serving.kserve.io/v1alpha2",
        "kind": "LLMInferenceService",
        "metadata": {"name": "iris"},
        "spec": {
            "model": {"uri": uri, "name": "iris"},
            "replicas": 1,
            "template": {"containers": [llm_container(image)]},
        },
    }


@needs("`oci+native://` in LLMInferenceServices")
@pytest.mark.usefixtures("llm_controller")
def test_its_main_container_has_the_models_files(
    cluster: Cluster, kubectl: Kubectl, registry: Registry
) -> None:
    uri = make_image(registry, f"kit://{registry.host}/golden/iris:v1")
    kubectl.apply(llm_service(cluster.image, uri))
    kubectl.wait("llminferenceservice/iris", "condition=Ready")
    assert "model.joblib" in kubectl.read("iris-kserve-workload-svc", "/", LLM_PORT)


@needs("LLMInferenceServices that mount images")
@pytest.mark.usefixtures("llm_controller")
def test_its_controller_knows_no_modelkits(cluster: Cluster, kubectl: Kubectl) -> None:
    uri = "kit://registry.example.com/models/iris:v1"
    kubectl.apply(llm_service(cluster.image, uri))
    assert f"unsupported schema in model URI: {uri}" in event(kubectl, "Error", "Reconciliation failed")
