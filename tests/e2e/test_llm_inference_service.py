"""LLMInferenceServices of the values: model and adapters in the container of the model's server."""

import shlex

import pytest

from tests.e2e.features import needs
from tests.e2e.files import LLM_PORT, llm_container
from tests.e2e.image_volumes import make_image, mounted
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.image.packing import file, layer, pack
from tests.parts.registry import Registry

DEPLOYMENT = "deployment/iris-kserve"


@needs("LLMInferenceServices that mount images")
@pytest.mark.usefixtures("llm_controller")
@pytest.mark.parametrize(
    "mount_by",
    [pytest.param("storageUri", marks=needs("`oci+native://` in LLMInferenceServices")), "volume"],
)
def test_main_container_has_model_and_adapters(
    mount_by: str, release: Release, kubectl: Kubectl, registry: Registry
) -> None:
    uri = f"kit://{registry.host}/golden/iris:v1"
    poems = pack(registry, layer(file("words.txt", b"a rose")), paths=["words.txt"])
    images = [make_image(registry, each).removeprefix("oci+native://") for each in (uri, poems.uri)]
    container = llm_container(release.image)
    # As KServe's own configurations do, a shell gets the arguments of vLLM.
    command = ["sh", "-c", f"exec {shlex.join(container['command'])}", "--"]

    release.install(
        imageVolumes={"mountBy": mount_by},
        llmInferenceServices={
            "iris": {
                "uri": uri,
                "adapters": {"poems": {"uri": poems.uri}},
                "args": ["--max-lora-rank=64"],
                "spec": {"template": {"containers": [container | {"command": command}]}},
            }
        },
    )

    kubectl.wait("llminferenceservice/iris", "condition=Ready")
    assert "model.joblib" in kubectl.read("iris-kserve-workload-svc", "/", LLM_PORT)
    adapter = kubectl.run("exec", DEPLOYMENT, "--container=main", "--", "cat", "/mnt/lora/poems/words.txt")
    assert adapter == "a rose"
    pod = kubectl.get(DEPLOYMENT)["spec"]["template"]
    (main,) = (each for each in pod["spec"]["containers"] if each["name"] == "main")
    flags = ["--enable-lora", "--lora-modules", "poems=/mnt/lora/poems"]
    assert main["args"] == [*flags, "--max-lora-rank=64"]
    assert sorted(mounted(pod)) == sorted(images)
    assert "initContainers" not in pod["spec"]
