"""A serving runtime that shows its model's files over HTTP: quick to start, and it hides nothing."""

import hashlib
from typing import Any

from tests.e2e.inference import RESOURCES, await_ready
from tests.e2e.kubectl import Kubectl

RUNTIME = "files"
LLM_PORT = 8000
SECURITY = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def runtime(image: str) -> dict[str, Any]:
    """A ServingRuntime for the model format `files`; kitserve's image has the Python it runs."""
    container = {
        "name": "kserve-container",
        "image": image,
        "command": _server(8080),
        "ports": [{"containerPort": 8080, "protocol": "TCP"}],
        "resources": RESOURCES,
        "securityContext": SECURITY,
    }
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ServingRuntime",
        "metadata": {"name": RUNTIME},
        "spec": {"supportedModelFormats": [{"name": "files"}], "containers": [container]},
    }


def llm_container(image: str) -> dict[str, Any]:
    """The container `main` of an LLMInferenceService, in the place of vLLM; its Service listens on port 8000."""
    served: dict[str, Any] = {"httpGet": {"path": "/", "port": LLM_PORT, "scheme": "HTTP"}}
    probes = dict.fromkeys(("livenessProbe", "readinessProbe", "startupProbe"), served)
    return {
        "name": "main",
        "image": image,
        "command": _server(LLM_PORT),
        # KServe's own lets vLLM finish its answers.
        "lifecycle": {"preStop": {"exec": {"command": ["/bin/true"]}}},
        "resources": RESOURCES,
        "securityContext": SECURITY,
        **probes,
    }


def _server(port: int) -> list[str]:
    return ["python3", "-m", "http.server", str(port), "--directory", "/mnt/models"]


def service(**keys: Any) -> dict[str, Any]:  # noqa: ANN401 - any key of an entry of `inferenceServices`
    """An entry of `inferenceServices` that is served by the runtime above."""
    return {"modelFormat": {"name": "files"}, "runtime": RUNTIME, "resources": RESOURCES, **keys}


def digest(kubectl: Kubectl, name: str, path: str) -> str:
    """The sha256 (hex) of a text file in the service's model, once the service is Ready."""
    await_ready(kubectl, name)
    return hashlib.sha256(kubectl.read(f"{name}-predictor", path).encode()).hexdigest()
