"""A registry that asks for a password."""

import base64
import json
from typing import Any

import pytest

from tests.e2e.files import digest, service
from tests.e2e.inference import failure, initializer
from tests.e2e.kubectl import Kubectl, KubectlError
from tests.e2e.layout import KSERVE_NAMESPACE
from tests.e2e.release import Release
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Basic, Registry

WRONG = "wr0ng-b4sic-in-a-cluster"


def credentials(registry: Registry, kubectl: Kubectl, password: str = "") -> dict[str, Any]:
    assert isinstance(registry.auth, Basic)
    user = {"username": registry.auth.user, "password": password or registry.auth.password}
    return {"create": True, "namespaces": [kubectl.namespace], **user}


def everything(kubectl: Kubectl) -> str:
    """Objects but Secrets, events and logs that anybody may read who may look into the namespace."""
    kinds = kubectl.run("api-resources", "--verbs=list", "--namespaced", "--output=name").split()
    listed = ",".join(sorted(kind for kind in kinds if kind != "secrets" and "metrics" not in kind))
    objects = kubectl.run("get", listed, "--output=json")
    pods = [pod["metadata"]["name"] for pod in kubectl.items("pods")]
    logs = [kubectl.run("logs", pod, "--all-containers", "--ignore-errors") for pod in pods]
    shared = kubectl.run("get", "clusterstoragecontainers", "--output=json")
    controller = ("logs", "deployment/kserve-controller-manager", "--tail=-1")
    return "\n".join([objects, *logs, shared, kubectl.within(KSERVE_NAMESPACE).run(*controller)])


def assert_secret(password: str, text: str) -> None:
    for form in (password, base64.b64encode(password.encode()).decode()):
        assert form not in text


def test_credentials_from_the_chart_open_it(
    files: Release, kubectl: Kubectl, private_registry: Registry, modelkits: dict[str, ModelKit]
) -> None:
    iris = service(storageUri=f"kit://{private_registry.host}/golden/iris:v1")
    right = credentials(private_registry, kubectl)
    files.install(credentials=right, inferenceServices={"iris": iris})
    assert initializer(kubectl, "iris")["image"] == files.image
    assert digest(kubectl, "iris", "/Kitfile") == modelkits["iris"].digest("Kitfile")
    text = everything(kubectl)
    assert "golden/iris:v1" in text
    assert_secret(right["password"], text)


@pytest.mark.parametrize("secret", ["wrong password", "no secret"])
def test_refusal_is_the_status_of_the_service(
    files: Release, kubectl: Kubectl, private_registry: Registry, secret: str
) -> None:
    iris = service(storageUri=f"kit://{private_registry.host}/golden/iris:v1")
    wrong = credentials(private_registry, kubectl, WRONG) if secret == "wrong password" else {"create": False}
    files.install(credentials=wrong, inferenceServices={"iris": iris})
    assert initializer(kubectl, "iris")["image"] == files.image
    info = failure(kubectl, "iris")
    assert info["exitCode"] == 10
    sentence, *_ = info["message"].splitlines()
    assert private_registry.host in sentence
    assert "KIT_USER" in info["message"]
    assert_secret(WRONG, everything(kubectl) + json.dumps(info))
    with pytest.raises(KubectlError):
        kubectl.read("iris-predictor", "/Kitfile")
