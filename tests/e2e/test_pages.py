"""Pages of docs/guide, followed word for word."""

import json
import time
from pathlib import Path
from typing import Any

from tests.e2e.features import FAILURES, needs
from tests.e2e.files import digest, service
from tests.e2e.inference import CLASSES, RESOURCES, failure
from tests.e2e.kubectl import Kubectl
from tests.e2e.neighbour import storage_container
from tests.e2e.reader import Reader
from tests.e2e.release import Release
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry

SECONDS = 120


def test_quick_start(
    release: Release, registry: Registry, modelkits: dict[str, ModelKit], tmp_path: Path
) -> None:
    registry.push_layout(modelkits["iris"].archive, "models/iris", "v1")
    names = {"install kitserve": f"install {release.name}", "registry.example.com": registry.host}
    reader = Reader("quick-start.md", tmp_path, release, names)
    values = reader.values()
    values["inferenceServices"]["iris"]["resources"] = RESOURCES
    reader.write_values(values)

    reader.follow("kitserve validate", "helm install", "kubectl -n models wait")
    with reader.start("kubectl -n models port-forward") as forward:
        try:
            answer = asked(reader)
        finally:
            forward.terminate()

    assert answer["outputs"][0]["data"] == CLASSES
    assert f'"data":{json.dumps(CLASSES, separators=(",", ":"))}' in reader.text


def asked(reader: Reader) -> dict[str, Any]:
    """What the page's request is answered, once it is answered by the model: Ready isn't serving."""
    end = time.monotonic() + SECONDS
    while True:
        code, output = reader.run("curl")
        if code == 0 and '"outputs"' in output:
            answer: dict[str, Any] = json.loads(output)
            return answer
        assert time.monotonic() < end, output
        time.sleep(0.5)


def await_log(reader: Reader, text: str) -> None:
    """Until the page's command shows the text: between a container's attempts, or its pods, there is no log."""
    end = time.monotonic() + SECONDS
    while text not in (shown := reader.run("kubectl -n models logs")[1]):
        assert time.monotonic() < end, shown
        time.sleep(0.5)


@needs(FAILURES)
def test_troubleshooting(files: Release, kubectl: Kubectl, registry: Registry, tmp_path: Path) -> None:
    uri = f"kit://{registry.host}/golden/iris:v9"
    files.install(inferenceServices={"iris": service(storageUri=uri)})
    message = failure(kubectl, "iris")["message"]
    reader = Reader("troubleshooting.md", tmp_path, files, {})

    told = json.loads(reader.follow("kubectl -n models get inferenceservice iris"))
    await_log(reader, message.strip())
    code, said = reader.run("kubectl get clusterstoragecontainers")

    assert "golden/iris has no 'v9'" in message
    assert told["message"] == message
    assert (code, "error[" in said) == (0, False), said


def test_from_kitops(
    files: Release, kubectl: Kubectl, registry: Registry, modelkits: dict[str, ModelKit], tmp_path: Path
) -> None:
    theirs = storage_container("kitops", "kit://")
    theirs["spec"]["container"] |= {
        "image": files.image,
        "env": [{"name": "KIT_UNPACK_FLAGS", "value": "--plain-http --log-level warn"}],
    }
    model = service(storageUri=f"kit://{registry.host}/golden/iris:v1")
    meta = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "iris-model"},
    }
    kubectl.apply(theirs, {**meta, "spec": {"predictor": {"model": model}}})
    assert digest(kubectl, "iris-model", "/Kitfile") == modelkits["iris"].digest("Kitfile")
    names = {
        "install kitserve": f"install {files.name}",
        "name=kitserve": f"name={files.name}",
        "--take-ownership": "--take-ownership --force-conflicts",
    }
    reader = Reader("from-kitops.md", tmp_path, files, names)
    reader.write_values(reader.values())

    reader.follow("kubectl get clusterstoragecontainer", "helm install", "kubectl -n models annotate")
    await_log(reader, modelkits["iris"].expected["manifest_digest"])
    reader.follow("kitserve render", "kubectl -n models delete secret")

    kept = kubectl.get("inferenceservice", "iris-model")
    container = kubectl.get("clusterstoragecontainer", "kitops")["spec"]["container"]
    kubectl.run("delete", "clusterstoragecontainer", "kitops")
    assert container["image"] == "ghcr.io/kitops-ml/kitops-kserve:latest"
    assert "securityContext" not in container
    assert kept["spec"]["predictor"]["model"]["storageUri"] == model["storageUri"]
