"""Pages on what comes after the first service, followed word for word: upgrades, autoscaling, a model on a GPU."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cases import REPOSITORY
from tests.e2e import kserve
from tests.e2e.conftest import Cluster
from tests.e2e.features import LATE_KEDA, STANDARD, needs
from tests.e2e.files import RUNTIME, digest, service
from tests.e2e.inference import RESOURCES
from tests.e2e.kubectl import Kubectl
from tests.e2e.reader import Reader
from tests.e2e.release import Release
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry

SECONDS = 120
CONTAINER = "clusterstoragecontainer/kitops"
SCALED_OBJECTS = "customresourcedefinition/scaledobjects.keda.sh"
GPU, GPU_LABEL = "nvidia.com/gpu", "nvidia.com/gpu.present"


def await_(ask: Callable[[], object], otherwise: str) -> None:
    """Until the answer is true."""
    end = time.monotonic() + SECONDS
    while not ask():
        assert time.monotonic() < end, otherwise
        time.sleep(0.5)


def pods(kubectl: Kubectl, name: str) -> set[str]:
    found = kubectl.items("pod", "--selector", f"serving.kserve.io/inferenceservice={name}")
    return {pod["metadata"]["name"] for pod in found}


def test_upgrading(files: Release, kubectl: Kubectl, registry: Registry, tmp_path: Path) -> None:
    served = {"iris": service(storageUri=f"kit://{registry.host}/golden/iris:v1")}
    files.install(inferenceServices=served)
    before = digest(kubectl, "iris", "/Kitfile")
    old = pods(kubectl, "iris")
    reader = Reader("upgrading.md", tmp_path, files, {"upgrade kitserve": f"upgrade {files.name}"})
    reader.write_values(files.values(inferenceServices=served))

    reader.follow("kitserve validate values", "kitserve validate --kserve-version", "helm upgrade")
    assert pods(kubectl, "iris") == old
    kubectl.run("delete", CONTAINER)
    assert "kitops" not in reader.follow("kubectl get clusterstoragecontainers")
    reader.follow("helm upgrade", "kubectl -n models annotate")

    assert kubectl.get(CONTAINER)["spec"]["container"]["image"] == files.image
    await_(lambda: pods(kubectl, "iris") - old, "there is no new pod")
    assert digest(kubectl, "iris", "/Kitfile") == before


@pytest.fixture
def keda(cluster: Cluster) -> Iterator[None]:
    """KEDA's ScaledObjects, as KServe's own tests have them; nothing scales by them."""
    if cluster.kubectl.run("get", SCALED_OBJECTS, "--ignore-not-found"):
        yield
        return
    documents = (kserve.module() / "test/crds/keda.yaml").read_text()
    (definition,) = (
        each
        for each in YAML(typ="safe").load_all(documents)
        if each and each["metadata"]["name"] == SCALED_OBJECTS.partition("/")[2]
    )
    definition.pop("status", None)
    cluster.kubectl.apply(definition)
    cluster.kubectl.wait(SCALED_OBJECTS, "condition=Established")
    yield
    cluster.kubectl.run("delete", SCALED_OBJECTS)


@needs(STANDARD, LATE_KEDA)
@pytest.mark.usefixtures("keda")
def test_autoscaling(release: Release, kubectl: Kubectl, registry: Registry, tmp_path: Path) -> None:
    names = {"install kitserve": f"install {release.name}", "registry.example.com": registry.host}
    reader = Reader("autoscaling.md", tmp_path, release, names)
    values = reader.values()
    values["inferenceServices"]["iris"]["resources"] = RESOURCES
    reader.write_values(values)
    metric = values["inferenceServices"]["iris"]["predictor"]["autoScaling"]["metrics"][0]["external"]

    reader.follow("helm upgrade")
    await_(lambda: reader.run("kubectl -n models get scaledobject")[0] == 0, "KServe made no ScaledObject")

    spec = kubectl.get("scaledobject/iris-predictor")["spec"]
    assert spec["scaleTargetRef"]["name"] == "iris-predictor"
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (1, 5)
    (trigger,) = spec["triggers"]
    assert trigger["type"] == "prometheus"
    assert trigger["metadata"]["query"] == metric["metric"]["query"]
    assert trigger["metadata"]["threshold"] == metric["target"]["value"]


@dataclass(frozen=True)
class Node:
    """A node with the label of GPUs, which it may pretend to have."""

    kubectl: Kubectl
    name: str

    def set_gpus(self, number: int) -> None:
        """Let the node advertise GPUs, as Kubernetes allows for every resource that no device plugin knows."""
        operation = {"op": "add", "path": f"/status/capacity/{GPU.replace('/', '~1')}", "value": str(number)}
        patch = f"--patch={json.dumps([operation])}"
        self.kubectl.run("patch", "node", self.name, "--subresource=status", "--type=json", patch)


@pytest.fixture
def node(cluster: Cluster) -> Iterator[Node]:
    (found, *_) = cluster.kubectl.items("nodes")
    node = Node(cluster.kubectl, found["metadata"]["name"])
    node.kubectl.run("label", "node", node.name, f"{GPU_LABEL}=true", "--overwrite")
    yield node
    node.kubectl.run("label", "node", node.name, f"{GPU_LABEL}-")
    node.set_gpus(0)


def small(example: str, uri: str) -> dict[str, Any]:
    """The values of an example with another ModelKit, and the files' server for vLLM."""
    values: dict[str, Any] = YAML(typ="safe").load((REPOSITORY / "examples" / example).read_text())
    chat = values["inferenceServices"]["chat"]
    chat |= {"modelFormat": {"name": "files"}, "runtime": RUNTIME, "args": [], "storageUri": uri}
    for kind in ("requests", "limits"):
        chat["resources"][kind] |= {"cpu": "50m", "memory": "100Mi"}
    chat["resources"]["requests"]["ephemeral-storage"] = "100Mi"
    chat["resources"]["limits"].pop("cpu")
    return values


@pytest.fixture
def model(registry: Registry, modelkits: dict[str, ModelKit]) -> str:
    """The ModelKit iris by its digest, in the place of a language model."""
    return f"kit://{registry.host}/golden/iris@{modelkits['iris'].expected['manifest_digest']}"


@needs(STANDARD)
def test_serve_an_llm(files: Release, model: str, node: Node, tmp_path: Path) -> None:
    names = {
        "install kitserve": f"install {files.name}",
        "kitserve inspect kit://registry.example.com/models/chat:v1": f"kitserve inspect --plain-http {model}",
    }
    reader = Reader("serve-an-llm.md", tmp_path, files, names)
    flags = "-v --plain-http --filter model"
    reader.write_values(small("llm.yaml", model) | files.values(unpackFlags=flags))
    digest_of_model = model.partition("@")[2]

    assert digest_of_model in reader.follow("kitserve inspect")
    reader.follow("kitserve validate --strict", "helm upgrade")
    await_(lambda: f"Insufficient {GPU}" in reader.run("kubectl -n models get events")[1], "no event")
    node.set_gpus(1)
    reader.follow("kubectl -n models wait")

    (pod,) = files.kubectl.items("pod", "--selector", "serving.kserve.io/inferenceservice=chat")
    assert pod["spec"]["nodeName"] == node.name
    assert pod["spec"]["containers"][0]["resources"]["limits"][GPU] == "1"
    assert digest_of_model in reader.follow("kubectl -n models logs")
    assert "model.joblib" in files.kubectl.read("chat-predictor", "/")
