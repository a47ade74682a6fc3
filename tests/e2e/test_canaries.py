"""docs/guide/canaries.md in the mode Standard, followed word for word."""

import hashlib
from pathlib import Path
from typing import Any

from tests.e2e.features import needs
from tests.e2e.files import digest, service
from tests.e2e.kubectl import Kubectl
from tests.e2e.reader import Reader
from tests.e2e.release import Release
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry


@needs("canaries")
def test_canaries(
    files: Release, kubectl: Kubectl, registry: Registry, modelkits: dict[str, ModelKit], tmp_path: Path
) -> None:
    for tag, name in (("v1", "iris"), ("v2", "iris-nested")):
        registry.push_layout(modelkits[name].archive, "models/iris", tag)
    names = {"install kitserve": f"install {files.name}", "registry.example.com": registry.host}
    reader = Reader("canaries.md", tmp_path, files, names)
    values = reader.values()
    iris = values["inferenceServices"]["iris"] = service(**shown(values["inferenceServices"]["iris"]))
    reader.write_values(values)

    reader.follow("kitserve validate", "helm upgrade", "kubectl -n models wait")
    old = digest(kubectl, "iris", "/Kitfile")
    new = hashlib.sha256(kubectl.read("iris-next-predictor", "/Kitfile").encode()).hexdigest()
    assert new != old
    assert replicas(kubectl) == {"iris-predictor": 1, "iris-next-predictor": 1}

    (canary,) = iris.pop("canary")
    reader.write_values(values)
    reader.follow("helm upgrade")
    kubectl.run("wait", "--for=delete", "deployment/iris-next-predictor", "--timeout=120s")

    assert digest(kubectl, "iris", "/Kitfile") == old
    assert canary["predictor"]["model"]["storageUri"] != iris["storageUri"]


def shown(iris: dict[str, Any]) -> dict[str, Any]:
    """What the page shows, served by the runtime that shows files."""
    (canary,) = iris["canary"]
    canary["predictor"]["model"]["modelFormat"] = {"name": "files"}
    return {key: value for key, value in iris.items() if key != "modelFormat"}


def replicas(kubectl: Kubectl) -> dict[str, int]:
    """How many pods the service's Deployments want, by name."""
    found = kubectl.items("deployment", "--selector", "serving.kserve.io/inferenceservice=iris")
    return {each["metadata"]["name"]: each["spec"]["replicas"] for each in found}
