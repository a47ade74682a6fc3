"""Objects as a cluster has them, small: a service, its pod, events."""

from typing import Any

Data = dict[str, Any]
URI = "kit://registry.example.com/models/iris:v1"
IMAGE = "registry.example.com/models/iris:v1.image"
DIGEST = f"sha256:{'a' * 64}"
INITIALIZER, SERVER = "storage-initializer", "kserve-container"
DONE: Data = {"terminated": {"exitCode": 0}}
RUNNING: Data = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
HELD: Data = {"waiting": {"reason": "PodInitializing"}}


def service(uri: str = URI, *, ready: bool = False, **changed: Any) -> Data:  # noqa: ANN401 - any JSON
    """An InferenceService named iris, which KServe calls Ready or not."""
    status = {"conditions": [{"type": "Ready", "status": str(ready)}], **changed.pop("status", {})}
    metadata = {"name": "iris", "namespace": "default", "uid": "service", **changed.pop("metadata", {})}
    spec = changed.pop("spec", {"predictor": {"model": {"storageUri": uri}}})
    return {"kind": "InferenceService", "metadata": metadata, "spec": spec, "status": status, **changed}


def pod(  # noqa: PLR0913 - what differs between pods
    initializer: Data,
    server: Data | None = None,
    *,
    name: str = "iris",
    namespace: str = "default",
    before: tuple[Data | None, Data | None] = (None, None),
    ready: bool = False,
    revision: str = "1",
    uri: str = URI,
    image: str = "registry.example.com/kitserve-initializer:v1",
    **status: Any,  # noqa: ANN401 - any JSON
) -> Data:
    """A pod of a service, by the states of its two containers, and how their runs before ended."""
    states = ((INITIALIZER, initializer, before[0]), (SERVER, server or HELD, before[1]))
    first, second = (_status(each, state, last, ready=ready) for each, state, last in states)
    labels = {
        "serving.kserve.io/inferenceservice": name,
        "app": f"isvc.{name}-predictor",
        "pod-template-hash": revision,
    }
    own = f"{name}-predictor-{revision}"
    return {
        "kind": "Pod",
        "metadata": {"name": own, "namespace": namespace, "uid": own, "labels": labels},
        "spec": {
            "nodeName": "node",
            "initContainers": [{"name": INITIALIZER, "image": image, "args": [uri, "/mnt/models"]}],
            "containers": [{"name": SERVER, "image": "server:v1"}],
        },
        "status": {
            "phase": "Pending",
            "conditions": [{"type": "Ready", "status": str(ready)}],
            "initContainerStatuses": [first],
            "containerStatuses": [second],
            **status,
        },
    }


def _status(name: str, state: Data, before: Data | None, *, ready: bool) -> Data:
    last = {"lastState": {"terminated": before}} if before else {}
    return {"name": name, "state": state, "ready": ready, **last}


def replica_set(revision: str, number: int, *, replicas: int = 1, **status: Any) -> Data:  # noqa: ANN401
    """The ReplicaSet of a revision; `number` is the Deployment's count."""
    found = pod(DONE, revision=revision)["metadata"]
    annotations = {"deployment.kubernetes.io/revision": str(number)}
    return {
        "kind": "ReplicaSet",
        "metadata": {**found, "uid": f"set-{revision}", "annotations": annotations},
        "spec": {"replicas": replicas},
        "status": status,
    }


def event(reason: str, message: str, second: int = 0, *, of: str = "iris-predictor-1") -> Data:
    """An event on an object, by the object's uid."""
    return {
        "kind": "Event",
        "metadata": {"name": f"{of}.{reason}.{second}", "namespace": "default"},
        "involvedObject": {"uid": of},
        "reason": reason,
        "message": message,
        "lastTimestamp": f"2026-01-01T00:00:{second:02}Z",
    }
