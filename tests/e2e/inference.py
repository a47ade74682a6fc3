"""What the scenarios ask of an InferenceService."""

import time
from typing import Any

from tests.e2e.features import FAILURES, has
from tests.e2e.kubectl import Kubectl, KubectlError

# Small, since everything shares the cores of one test machine; the runtimes ask for a whole one each.
RESOURCES = {"requests": {"cpu": "50m", "memory": "100Mi"}}
# scikit-learn's SVC in the ModelKit iris calls these two flowers setosa (0) and virginica (2).
FLOWERS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]
CLASSES = [0, 2]
READY_SECONDS = 180
SERVING_SECONDS = 120


def sklearn(uri: str) -> dict[str, Any]:
    """An entry of `inferenceServices` that KServe serves with MLServer."""
    return {
        "modelFormat": {"name": "sklearn"},
        "protocolVersion": "v2",
        "storageUri": uri,
        "resources": RESOURCES,
    }


def await_ready(kubectl: Kubectl, name: str) -> None:
    """Wait until the service is Ready.

    Raises:
        KubectlError: its model can't be loaded, with the status that says why, or it took too long.
    """
    end = time.monotonic() + READY_SECONDS
    while True:
        status = kubectl.get(f"inferenceservice/{name}").get("status", {})
        conditions = {each["type"]: each["status"] for each in status.get("conditions", [])}
        if conditions.get("Ready") == "True":
            return
        cause = status.get("modelStatus", {}).get("lastFailureInfo")
        if cause or time.monotonic() > end:
            raise KubectlError(f"{name} is not Ready: {cause or conditions}")
        time.sleep(0.2)


def predict(kubectl: Kubectl, name: str) -> list[int]:
    """The classes that the service gives the two flowers, as soon as it answers: being Ready is not enough."""
    await_ready(kubectl, name)
    inputs = {"name": "flowers", "shape": [2, 4], "datatype": "FP64", "data": FLOWERS}
    end = time.monotonic() + SERVING_SECONDS
    while True:
        try:
            answer = kubectl.post(f"{name}-predictor", f"/v2/models/{name}/infer", {"inputs": [inputs]})
        except KubectlError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
        else:
            classes: list[int] = answer["outputs"][0]["data"]
            return classes


def initializer(kubectl: Kubectl, name: str) -> dict[str, Any]:
    """The storage-initializer in the specification of the service's pod, once there is one."""
    selector = f"serving.kserve.io/inferenceservice={name}"
    kubectl.run("wait", "--for=create", "pod", "--selector", selector, "--timeout=60s")
    (container,) = kubectl.items("pod", "--selector", selector)[0]["spec"]["initContainers"]
    found: dict[str, Any] = container
    return found


def failure(kubectl: Kubectl, name: str) -> dict[str, Any]:
    """`status.modelStatus.lastFailureInfo` of a service whose model can't be loaded, or what its pod says of that."""
    if not has(FAILURES):
        return _ended(kubectl, name)
    resource = f"inferenceservice/{name}"
    kubectl.wait(resource, "jsonpath={.status.modelStatus.lastFailureInfo.reason}=ModelLoadFailed")
    info: dict[str, Any] = kubectl.get(resource)["status"]["modelStatus"]["lastFailureInfo"]
    return info


def _ended(kubectl: Kubectl, name: str) -> dict[str, Any]:
    """How the initializer of a service's pod ended, once it has failed."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        for pod in kubectl.items("pod", "--selector", f"serving.kserve.io/inferenceservice={name}"):
            for status in pod["status"].get("initContainerStatuses", []):
                ended: dict[str, Any] = {**status.get("lastState", {}), **status["state"]}.get(
                    "terminated", {}
                )
                if ended.get("exitCode"):
                    return ended
        time.sleep(0.2)
    raise KubectlError(f"the initializer of {name} didn't fail")
