"""The state of a service, and the cause, by what is read of it: the table of all that can be in the way."""

from typing import Any

import pytest
from kitserve.check.initializer import exit_codes
from kitserve.serving import gathering
from kitserve.serving.pod import loading
from kitserve.serving.pod.state import is_ready

from tests.generator.serving.objects import (
    DIGEST,
    DONE,
    HELD,
    IMAGE,
    RUNNING,
    URI,
    Data,
    event,
    pod,
    replica_set,
    service,
)
from tests.generator.serving.recording import Recording, look

CRASHING = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s restarting failed container"}}
MOUNT = 'MountVolume.SetUp failed for volume "a" : secret "login" not found'
OWN_LIMIT = "Pod ephemeral local storage usage exceeds the total limit of containers 1Mi."
NODE_FULL = "The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, available: 900Mi."
KSERVE = "kserve/storage-initializer:v0.20.0"
# As containerd and runc say it of a limit of 2Mi.
RUNC = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: "
)
TOO_LITTLE = (
    f"{RUNC}error during container init: error setting cgroup config for procHooks process: "
    "unable to set memory limit to 2097152 (current usage: 3084288, peak usage: 3313664)"
)
OOM_AT_START = f"{RUNC}container init was OOM-killed (memory limit too low?)"


def image_pod(**changed: Any) -> Data:  # noqa: ANN401 - any argument of `pod`
    """A pod without an initializer, which mounts the model's image."""
    made = pod(DONE, **changed)
    del made["spec"]["initContainers"], made["status"]["initContainerStatuses"]
    made["spec"]["volumes"] = [{"name": "m", "image": {"reference": IMAGE}}]
    return made


def asked(uri: str, **changed: Any) -> Data:  # noqa: ANN401 - any argument of `pod`
    """A pod that is for a model, and doesn't get it."""
    made = image_pod(**changed)
    made["spec"]["volumes"] = []
    made["metadata"]["annotations"] = {"internal.serving.kserve.io/storage-initializer-sourceuri": uri}
    return made


def ended(code: int, message: str = "", reason: str = "Error") -> Data:
    return {"exitCode": code, "reason": reason, "message": message}


UNSCHEDULABLE = [
    {"type": "PodScheduled", "status": "False", "message": "0/1 nodes are available: 1 Insufficient cpu."}
]
REFUSED = [{"type": "ReplicaFailure", "status": "True", "message": "exceeded quota: none, requested: pods=1"}]
STOPPED = {"annotations": {"serving.kserve.io/stop": "true"}}
INVALID = {
    "modelStatus": {
        "transitionStatus": "InvalidSpec",
        "lastFailureInfo": {"message": "Waiting for runtime to become available"},
    }
}
# As KServe 0.20 and Knative 1.21 leave it.
GIVEN_UP = {
    "conditions": [
        {
            "type": "PredictorConfigurationReady",
            "status": "False",
            "reason": "RevisionFailed",
            "message": 'Revision "iris-predictor-00001" failed with message: Initial scale was never achieved.',
        },
        {"type": "Ready", "status": "False", "reason": "RevisionMissing"},
    ],
    "modelStatus": {
        "transitionStatus": "BlockedByFailedLoad",
        "lastFailureInfo": {
            "exitCode": 12,
            "message": "golden/iris has no 'absent'; check the tag",
            "reason": "ModelLoadFailed",
        },
    },
}
CONFLICT = (
    'Failed to update status for InferenceService "iris": Operation cannot be fulfilled on '
    'inferenceservices.serving.kserve.io "iris": the object has been modified; please apply your changes to the latest '
    "version and try again"
)
READY = pod(DONE, RUNNING, ready=True)

STATES: dict[str, tuple[list[Data], str, str]] = {
    # what goes well
    "ready": ([service(ready=True), READY], "ready", ""),
    "ready, KServe lags": ([service(), READY], "starting", ""),
    "the server starts": ([service(), pod(DONE, RUNNING)], "starting", ""),
    "the initializer runs": ([service(), pod(RUNNING)], "loading", ""),
    "not begun": ([service(), pod(HELD)], "waiting", ""),
    "no pod yet": ([service()], "waiting", ""),
    "a set without pods yet": ([service(), replica_set("1", 1)], "waiting", ""),
    "scaled to zero": ([service(ready=True), replica_set("1", 1, replicas=0)], "ready", ""),
    "stopped": ([service(metadata=STOPPED)], "stopped", ""),
    # the initializer
    "ended": (
        [service(), pod({"terminated": ended(10, "refuses the user; check KIT_USER and KIT_PASSWORD")})],
        "failed",
        "the initializer ended (exit code 10, Unauthorized): refuses the user",
    ),
    "waits to run again": (
        [service(), pod(CRASHING, before=(ended(50, "nobody has signed; sign it"), None))],
        "failed",
        "the initializer ended (exit code 50, Unsigned): nobody has signed",
    ),
    "runs again": (
        [service(), pod(RUNNING, before=(ended(12, "no such tag; push it"), None))],
        "retrying",
        "the initializer ended (exit code 12, NotFound): no such tag",
    ),
    "unreachable": (
        [service(), pod(CRASHING, before=(ended(13, "no connection; look"), None))],
        "retrying",
        "the initializer ended (exit code 13, RegistryUnreachable): no connection",
    ),
    "killed": (
        [service(), pod(CRASHING, before=(ended(137), None))],
        "retrying",
        "the initializer ended (exit code 137, killed)",
    ),
    "out of memory": (
        [service(), pod(CRASHING, before=(ended(137, reason="OOMKilled"), None))],
        "failed",
        "the container storage-initializer used more memory than its limit and was killed",
    ),
    "a limit that lets nothing start": (
        [service(), pod(CRASHING, before=(ended(128, TOO_LITTLE, "StartError"), None))],
        "failed",
        "the container storage-initializer can't start: its memory limit is too low",
    ),
    "a limit that ends runc": (
        [service(), pod({"waiting": {"reason": "RunContainerError", "message": OOM_AT_START}})],
        "failed",
        "the container storage-initializer can't start: its memory limit is too low",
    ),
    "words of an initializer about memory": (
        [service(), pod(CRASHING, before=(ended(1, "a parent was OOM-killed"), None))],
        "retrying",
        "the initializer ended (exit code 1): a parent was OOM-killed",
    ),
    "the server out of memory": (
        [service(), pod(DONE, CRASHING, before=(None, ended(137, reason="OOMKilled")))],
        "failed",
        "the container kserve-container used more memory than its limit and was killed",
    ),
    "KitOps' own image": (
        [service(), pod(CRASHING, before=(ended(1, "Logging in\nError: failed to pull"), None))],
        "retrying",
        "the initializer ended (exit code 1): Error: failed to pull",
    ),
    "KServe's, by its message": (
        [
            service(),
            pod(CRASHING, before=(ended(1, f"Exception: Cannot recognize storage type for {URI}"), None)),
        ],
        "failed",
        f"KServe gave {URI} to an initializer that doesn't know kit:// "
        f"(registry.example.com/kitserve-initializer:v1)",
    ),
    "KServe's, by its image": (
        [service(), pod({"waiting": {"reason": "ErrImagePull", "message": "x"}}, image=KSERVE)],
        "failed",
        f"KServe gave {URI} to an initializer that doesn't know kit:// ({KSERVE})",
    ),
    # the server
    "Ready in a crash loop": (
        [service(ready=True), pod(DONE, CRASHING, before=(None, ended(1, "ValueError: no")))],
        "failed",
        "the container kserve-container ended with exit code 1: ValueError: no",
    ),
    "crashed once": (
        [service(), pod(DONE, {"terminated": ended(1)})],
        "retrying",
        "the container kserve-container ended with exit code 1",
    ),
    "runs after a crash": (
        [service(), pod(DONE, RUNNING, before=(None, ended(3)))],
        "starting",
        "the container kserve-container ended with exit code 3",
    ),
    "missing Secret": (
        [
            service(),
            pod(
                DONE, {"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "a" not found'}}
            ),
        ],
        "failed",
        'the container kserve-container can\'t start: secret "a" not found',
    ),
    # the node
    "unschedulable": (
        [service(), pod(HELD, conditions=UNSCHEDULABLE)],
        "retrying",
        "no node takes the pod: 0/1 nodes are available: 1 Insufficient cpu",
    ),
    "not mounted": (
        [service(), pod(HELD), event("FailedMount", MOUNT)],
        "failed",
        f"a volume of the pod can't be mounted: {MOUNT}",
    ),
    "mounted since": (
        [service(), pod(HELD), event("FailedMount", MOUNT, 1), event("Pulling", 'Pulling image "a"', 2)],
        "loading",
        "",
    ),
    "pulled since": (
        [
            service(),
            image_pod(server={"waiting": {"reason": "ContainerCreating"}}),
            event("Failed", f'Failed to pull image "{IMAGE}": connection refused', 1),
            event("Pulled", f'Successfully pulled image "{IMAGE}" in 3s', 2),
        ],
        "waiting",
        "",
    ),
    "another image was pulled": (
        [
            service(f"oci+native://{IMAGE}"),
            image_pod(server={"waiting": {"reason": "ContainerCreating"}}),
            event("Failed", f'Failed to pull image "{IMAGE}": {IMAGE}: not found', 1),
            event("Pulled", 'Container image "server:v1" already present on machine', 2),
        ],
        "failed",
        f"the node can't pull the model's image {IMAGE}: not found",
    ),
    "evicted for its own limit": (
        [service(), pod(DONE, phase="Failed", reason="Evicted", message=OWN_LIMIT)],
        "failed",
        f"the node evicted the pod: {OWN_LIMIT.rstrip('.')}",
    ),
    "evicted, and another one begins": (
        [
            service(),
            pod(DONE, phase="Failed", reason="Evicted", message=OWN_LIMIT),
            {**pod(RUNNING), "metadata": {**pod(RUNNING)["metadata"], "name": "b", "uid": "b"}},
        ],
        "failed",
        f"the node evicted the pod: {OWN_LIMIT.rstrip('.')}",
    ),
    "evicted by a full node": (
        [service(), pod(DONE, phase="Failed", reason="Evicted", message=NODE_FULL)],
        "retrying",
        f"the node evicted the pod: {NODE_FULL.rstrip('.')}",
    ),
    "evicted, and another one is ready": (
        [
            service(ready=True),
            pod(DONE, phase="Failed", reason="Evicted", message=NODE_FULL),
            {**READY, "metadata": {**READY["metadata"], "name": "b", "uid": "b"}},
        ],
        "ready",
        "",
    ),
    # what makes pods
    "refused": (
        [service(), replica_set("1", 1, conditions=REFUSED)],
        "retrying",
        "no pod can be made: exceeded quota: none, requested: pods=1",
    ),
    "refused for another reason by now": (
        [
            service(),
            replica_set("1", 1, conditions=REFUSED),
            event("FailedCreate", "Error creating: the sun is out", 1, of="set-1"),
            event(
                "FailedCreate",
                "(combined from similar events): Error creating: the moon is full",
                2,
                of="set-1",
            ),
        ],
        "retrying",
        "no pod can be made: the moon is full",
    ),
    "KServe says why it makes none": (
        [service(), event("InternalError", "fails to reconcile predictor: the moon is full", of="service")],
        "retrying",
        "KServe makes no pod of it: the moon is full",
    ),
    "a conflict, which passes": ([service(), event("UpdateFailed", CONFLICT, of="service")], "waiting", ""),
    "Knative has given up": (
        [
            service(status=GIVEN_UP),
            replica_set("1", 1, replicas=0),
            event("UpdateFailed", CONFLICT, of="service"),
        ],
        "failed",
        "the model can't be loaded: golden/iris has no 'absent'; check the tag",
    ),
    "Knative has given up, and nobody knows why": (
        [service(status={**GIVEN_UP, "modelStatus": {}}), replica_set("1", 1, replicas=0)],
        "retrying",
        'KServe makes no pod of it: PredictorConfigurationReady: Revision "iris-predictor-00001" failed with message: '
        "Initial scale was never achieved",
    ),
    "no runtime": (
        [
            service(status=INVALID),
            event("InternalError", "No ServingRuntimes or such with the name: a", of="service"),
        ],
        "failed",
        "KServe refuses the service: No ServingRuntimes or such with the name: a",
    ),
    "no runtime, and no event": (
        [service(status=INVALID)],
        "failed",
        "KServe refuses the service: Waiting for runtime to become available",
    ),
    # revisions
    "the new one fails": (
        [
            service(ready=True),
            replica_set("1", 1),
            replica_set("2", 2),
            READY,
            pod(CRASHING, before=(ended(12, "no such tag; push it"), None), revision="2"),
        ],
        "failed",
        "the initializer ended (exit code 12, NotFound): no such tag (pods of before still serve)",
    ),
    "the old one failed": (
        [
            service(ready=True),
            replica_set("1", 1, replicas=0),
            replica_set("2", 2),
            pod(CRASHING, before=(ended(12, "no such tag"), None)),
            pod(DONE, RUNNING, ready=True, revision="2"),
        ],
        "ready",
        "",
    ),
    "KServe hasn't begun": ([service(URI.replace("v1", "v2"), ready=True), READY], "waiting", ""),
    "KServe can't begin": (
        [
            service(URI.replace("v1", "v2"), ready=True),
            READY,
            event("InternalError", "the moon is full", of="service"),
        ],
        "retrying",
        "KServe makes no pod of it: the moon is full",
    ),
    "pods that get no model": (
        [
            service(f"oci+native://{IMAGE}", ready=True),
            asked(f"oci+native://{IMAGE}", server=RUNNING, ready=True),
        ],
        "failed",
        f"KServe gives the pods no {IMAGE}, and they start without it",
    ),
    "an image that is mounted": (
        [service(f"oci+native://{IMAGE}", ready=True), image_pod(server=RUNNING, ready=True)],
        "ready",
        "",
    ),
}


@pytest.mark.parametrize(("objects", "state", "cause"), STATES.values(), ids=STATES)
def test_the_state_and_the_cause(objects: list[Data], state: str, cause: str) -> None:
    (found,) = look(Recording(tuple(objects), {})).values()

    assert (found.state, found.cause) == (state, cause)
    assert found.final == (state == "failed")
    assert found.serving == (
        state == "ready" or any(is_ready(each) for each in objects if each["kind"] == "Pod")
    )


EVICTIONS: dict[str, tuple[str, str, str]] = {
    "a container's limit": (
        'Container a exceeded its local ephemeral storage limit "1Mi". ',
        "failed",
        "raise",
    ),
    "the pod's limit": (OWN_LIMIT, "failed", "raise the limit of ephemeral storage"),
    "a volume's limit": ('Usage of EmptyDir volume "a" exceeds the limit "1Ki". ', "failed", "raise"),
    "disk": (NODE_FULL, "retrying", "the node has too little disk"),
    "inodes": ("The node was low on resource: inodes. ", "retrying", "the node has too little disk"),
    "disk before it began": (
        "The node had condition: [DiskPressure]. ",
        "retrying",
        "the node has too little disk",
    ),
    "memory": (
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. ",
        "retrying",
        "the node has too little memory",
    ),
    "memory before it began": (
        "The node had condition: [MemoryPressure]. ",
        "retrying",
        "the node has too little memory",
    ),
    "a container's name that says memory": (
        "The node was low on resource: ephemeral-storage. Container memory was using 5Gi, request is 0. ",
        "retrying",
        "the node has too little disk",
    ),
    "processes": ("The node was low on resource: pids. ", "retrying", "too many processes"),
    "nothing": ("", "retrying", "the node has too little disk"),
}


@pytest.mark.parametrize(("message", "state", "hint"), EVICTIONS.values(), ids=EVICTIONS)
def test_an_eviction_says_what_there_is_too_little_of(message: str, state: str, hint: str) -> None:
    evicted = pod(DONE, phase="Failed", reason="Evicted", message=message)
    found = look(Recording((service(), evicted), {}))["iris"]

    assert found.state == state
    assert found.hint.startswith(hint)


CACHED = {"labels": {"internal.serving.kserve.io/localmodel": "iris-1"}}
JOBS = "kserve-localmodel-jobs"


def cache(*nodes: str) -> list[Data]:
    """A LocalModelCache with the states of its nodes, and the job that fetches it."""
    states = {f"node-{number}": state for number, state in enumerate(nodes)}
    return [
        {"kind": "LocalModelCache", "metadata": {"name": "iris-1"}, "status": {"nodeStatus": states}},
        {
            "kind": "Job",
            "metadata": {"name": "iris-1-node", "namespace": JOBS, "labels": {"model": "iris-1"}},
        },
    ]


def job_pod(state: Data, phase: str = "Running", **status: Any) -> Data:  # noqa: ANN401 - any JSON
    made = pod(DONE, phase=phase)
    container = {**made["spec"]["initContainers"].pop(), "name": "storage-initializer"}
    labels = {"batch.kubernetes.io/job-name": "iris-1-node"}
    return {
        **made,
        "metadata": {"name": "job", "namespace": JOBS, "uid": "job", "labels": labels},
        "spec": {"nodeName": "node", "containers": [container]},
        "status": {
            "phase": phase,
            "containerStatuses": [{"name": "storage-initializer", "state": state}],
            **status,
        },
    }


LOCAL: dict[str, tuple[list[Data], str, str]] = {
    "fetched": ([*cache("NodeDownloaded"), image_pod(server=RUNNING, ready=True)], "ready", ""),
    "no node yet": (cache(), "loading", ""),
    "on its way": ([*cache("NodeDownloading"), job_pod(RUNNING)], "loading", ""),
    "refused": (
        [
            *cache("NodeDownloadError"),
            job_pod({"terminated": ended(50, "nobody has signed; sign it")}, "Failed"),
        ],
        "failed",
        "the initializer ended (exit code 50, Unsigned): nobody has signed",
    ),
    "out of memory": (
        [
            *cache("NodeDownloadError"),
            job_pod({"terminated": ended(137, reason="OOMKilled")}, "Failed"),
        ],
        "failed",
        "the container storage-initializer used more memory than its limit and was killed",
    ),
    "on no node": (
        [*cache("NodeDownloadPending"), job_pod(HELD, "Pending", conditions=UNSCHEDULABLE)],
        "retrying",
        "no node takes the pod: 0/1 nodes are available: 1 Insufficient cpu",
    ),
    "without an image": (
        [
            *cache("NodeDownloadPending"),
            job_pod({"waiting": {"reason": "ErrImagePull", "message": "a: not found"}}, "Pending"),
        ],
        "failed",
        "the node can't pull the initializer's image registry.example.com/kitserve-initializer:v1: not found",
    ),
    "evicted": (
        [
            *cache("NodeDownloading"),
            job_pod({"terminated": ended(137)}, "Failed", reason="Evicted", message=OWN_LIMIT),
        ],
        "failed",
        f"the node evicted the pod: {OWN_LIMIT.rstrip('.')}",
    ),
    "refused, and the job is gone": (
        cache("NodeDownloaded", "NodeDownloadError")[:1],
        "retrying",
        "a node couldn't fetch the LocalModelCache iris-1",
    ),
}


@pytest.mark.parametrize(("objects", "state", "cause"), LOCAL.values(), ids=LOCAL)
def test_a_model_that_nodes_keep(objects: list[Data], state: str, cause: str) -> None:
    iris = service(metadata=CACHED, ready=state == "ready")

    found = look(Recording((iris, *objects), {}), "default")["iris"]

    assert (found.state, found.cause) == (state, cause)
    assert found.models[0].delivery == "localModel"


@pytest.mark.parametrize(
    ("ready", "state", "detail"),
    [
        pytest.param(
            False, "waiting", "this login may not read pods, which say how far it is", id="not ready"
        ),
        pytest.param(True, "ready", "", id="ready"),
    ],
)
def test_who_may_not_read_pods_isn_t_told_that_there_are_none(ready: bool, state: str, detail: str) -> None:
    denied = frozenset({("pods", "")})

    found = look(Recording((service(ready=ready), pod(RUNNING)), {}, denied))["iris"]

    assert (found.state, found.detail) == (state, detail)


def test_who_may_not_read_the_jobs_pods_may_read_a_service_s() -> None:
    objects = (service(metadata=CACHED), *cache("NodeDownloading"), job_pod(RUNNING))
    denied = frozenset({("pods", "kserve-localmodel-jobs")})

    (read,) = gathering.gather(Recording(objects, {}, denied), [objects[0]], "default")

    assert not read.loaders
    assert read.sees_pods


def configured(said: str, namespace: str = "kserve") -> Data:
    """KServe's ConfigMap with a section `localModel`."""
    return {
        "kind": "ConfigMap",
        "metadata": {"name": "inferenceservice-config", "namespace": namespace},
        "data": {"localModel": said},
    }


def hook(webhooks: object) -> Data:
    """KServe's webhook."""
    return {
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": "inferenceservice.serving.kserve.io"},
        "webhooks": webhooks,
    }


def served_by(namespace: str) -> Data:
    return hook([{"clientConfig": {"service": {"name": "webhook", "namespace": namespace}}}])


SETTINGS: dict[str, tuple[list[Data], str]] = {
    "KServe elsewhere": (
        [configured('{"jobNamespace": "fetchers"}', "kubeflow"), served_by("kubeflow")],
        "fetchers",
    ),
    "KServe elsewhere, without settings": ([served_by("kubeflow")], JOBS),
    "a webhook in no namespace": ([configured('{"jobNamespace": "fetchers"}', ""), served_by("")], JOBS),
    "a webhook that leads elsewhere": ([served_by("../a")], JOBS),
    "a webhook by its address": ([hook([{"clientConfig": {"url": "https://a"}}])], JOBS),
    "a webhook without webhooks": ([hook(None)], JOBS),
    "none that may be read": ([], JOBS),
    "another namespace": ([configured('{"enabled": true, "jobNamespace": "fetchers"}')], "fetchers"),
    "a key in another case": ([configured('{"JOBNAMESPACE": "fetchers"}')], "fetchers"),
    "KServe's default": ([configured(f'{{"jobNamespace": "{JOBS}"}}')], JOBS),
    "no such key": ([configured('{"enabled": true}')], JOBS),
    "no text": ([configured('{"jobNamespace": 7}')], JOBS),
    "no name": ([configured('{"jobNamespace": "../default"}')], JOBS),
    "an empty name": ([configured('{"jobNamespace": ""}')], JOBS),
    "no JSON": ([configured("{")], JOBS),
    "no map": ([configured("[]")], JOBS),
    "no such section": ([configured("{}") | {"data": {}}], JOBS),
    "no data": ([configured("{}") | {"data": None}], JOBS),
    "somebody else's": ([configured('{"jobNamespace": "fetchers"}', "default")], JOBS),
}


@pytest.mark.parametrize(("settings", "namespace"), SETTINGS.values(), ids=SETTINGS)
def test_jobs_are_looked_for_where_kserve_makes_them(settings: list[Data], namespace: str) -> None:
    failing = {"terminated": ended(50, "nobody has signed; sign it")}
    objects = [*cache("NodeDownloadError"), job_pod(failing, "Failed")]
    moved = [{**each, "metadata": {**each["metadata"], "namespace": namespace}} for each in objects]
    found = look(Recording((service(metadata=CACHED), *moved, *settings), {}), "default")["iris"]

    assert found.exit_code == 50


def llm(pods: list[Data], **status: Any) -> list[Data]:  # noqa: ANN401 - any JSON
    spec = {"model": {"uri": f"oci+native://{IMAGE}", "name": "iris"}}
    labels = {"app.kubernetes.io/name": "iris", "app.kubernetes.io/part-of": "llminferenceservice"}
    made = [{**each, "metadata": {**each["metadata"], "labels": labels}} for each in pods]
    return [service(spec=spec, status=status) | {"kind": "LLMInferenceService"}, *made]


def test_an_llm_inference_service_has_pods_of_its_own() -> None:
    conditions = [{"type": "Ready", "status": "True"}]
    objects = llm([image_pod(server=RUNNING, ready=True)], conditions=conditions)

    found = look(Recording(tuple(objects), {}))["iris"]

    assert (found.kind, found.state) == ("LLMInferenceService", "ready")
    assert [each.delivery for each in found.models] == ["imageVolume"]


def test_an_llm_inference_service_says_what_its_controller_misses() -> None:
    message = "unsupported schema in model URI: kit://a"
    conditions = [{"type": "PresetsCombined", "status": "False", "reason": "Error", "message": message}]

    found = look(Recording(tuple(llm([], conditions=conditions)), {}))["iris"]

    assert (found.state, found.cause) == ("failed", f"KServe makes no pod of it: PresetsCombined: {message}")


def test_the_newest_revision_of_knative_decides() -> None:
    def made(number: int, state: Data) -> list[Data]:
        parts = [pod(DONE, state, ready=state is RUNNING, revision=str(number)), replica_set(str(number), 1)]
        own = {
            "serving.knative.dev/configuration": "iris-predictor",
            "serving.knative.dev/configurationGeneration": str(number),
            "serving.knative.dev/revision": f"iris-predictor-{number:05}",
        }
        labelled = [{**each["metadata"], "labels": {**each["metadata"]["labels"], **own}} for each in parts]
        return [{**each, "metadata": metadata} for each, metadata in zip(parts, labelled, strict=True)]

    objects = (service(ready=True), *made(9, RUNNING), *made(10, {"terminated": ended(1, "ValueError: no")}))

    found = look(Recording(objects, {}))["iris"]

    assert (
        found.cause
        == "the container kserve-container ended with exit code 1: ValueError: no (pods of before still serve)"
    )


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (
            "kitserve-initializer 0.1.0: kit://registry.example.com/models/iris:v1 goes to /mnt/models",
            "retrying",
        ),
        ("586.3 MiB of 3.0 GiB (19%), 195.2 MiB/s, 13 s left", "loading"),
    ],
    ids=["began", "fetches"],
)
def test_the_run_before_counts_until_this_one_fetches(line: str, state: str) -> None:
    again = pod(RUNNING, before=(ended(12, "no such tag; push it"), None))
    log = f"{again['metadata']['namespace']}/{again['metadata']['name']}/storage-initializer"

    found = look(Recording((service(), again), {log: f"2026-11-26T15:21:06Z INFO {line}\n"}))["iris"]

    assert (found.state, found.detail, found.exit_code) == (state, line, 12)


def test_what_passes_has_names_of_exit_codes() -> None:
    assert {name for _, name, _, _ in exit_codes()} > loading._PASSING


def test_a_reference_by_digest_needs_no_log() -> None:
    uri = f"kit://registry.example.com/models/iris@{DIGEST}"
    objects = (service(uri, ready=True), pod(DONE, RUNNING, ready=True, uri=uri))

    (found,) = look(Recording(objects, {})).values()

    assert [(each.uri, each.digest) for each in found.models] == [(uri, DIGEST)]


def test_an_image_s_name_has_the_digest_too() -> None:
    image = f"registry.example.com/models/iris:{DIGEST.replace(':', '-')}.image-0123456789"
    (found,) = look(Recording((service(f"oci+native://{image}"),), {})).values()

    assert [(each.uri, each.delivery, each.digest) for each in found.models] == [
        (image, "imageVolume", DIGEST)
    ]


@pytest.mark.parametrize(
    ("spec", "uris"),
    [
        ({"predictor": {"model": {"storageUri": "s3://a"}}}, ()),
        ({"predictor": {"model": {"storageUri": "oci://registry.example.com/server:v1"}}}, ()),
        ({"predictor": {"model": {"storageUri": f"oci://{IMAGE}"}}}, (IMAGE,)),
        ({"predictor": {"storageUris": [{"uri": URI}, {"uri": "hf://a"}]}}, (URI,)),
        ({"predictor": {"containers": [{"env": [{"name": "STORAGE_URI", "value": URI}]}]}}, (URI,)),
        ({"predictor": {"volumes": [{"image": {"reference": IMAGE}}]}}, (IMAGE,)),
        ({"transformer": {"storageUris": [{"uri": URI}]}}, (URI,)),
        ({"canary": [{"predictor": {"model": {"storageUri": URI}}}]}, (URI,)),
        ({"template": {"initContainers": [{"args": [URI, "/mnt/models"]}]}}, (URI,)),
        ({"worker": {"volumes": [{"image": {"reference": f"{IMAGE}@{DIGEST}"}}]}}, (f"{IMAGE}@{DIGEST}",)),
        ({"model": {"uri": f"oci+native://{IMAGE}", "lora": {"adapters": [{"uri": URI}]}}}, (IMAGE, URI)),
        ([], ()),
        (None, ()),
        ({"a": [1, None, True, {"b": [[URI, URI]]}]}, (URI,)),
    ],
    ids=str,
)
def test_which_modelkits_a_service_names(spec: Any, uris: tuple[str, ...]) -> None:  # noqa: ANN401 - any JSON
    found = look(Recording((service(spec=spec),), {}))

    assert [tuple(model.uri for model in each.models) for each in found.values()] == ([uris] if uris else [])


@pytest.mark.parametrize("broken", [None, 5, "text", [], [None], {"a": 1}, [{"a": [None]}]], ids=repr)
@pytest.mark.parametrize(
    "place", ["spec", "status", "metadata.labels", "metadata.annotations", "metadata.uid"]
)
def test_an_object_of_another_form_is_no_crash(place: str, broken: object) -> None:
    """What runs in a cluster is anybody's, and fields differ by version."""
    odd, step = pod(RUNNING), place.split(".")
    target = odd
    for each in step[:-1]:
        target = target[each]
    target[step[-1]] = broken
    if isinstance(odd["metadata"].get("labels"), dict):
        odd["metadata"]["labels"]["serving.kserve.io/inferenceservice"] = "iris"

    recording = Recording((service(), *([odd] if isinstance(odd["metadata"]["labels"], dict) else [])), {})

    assert look(recording)["iris"].state


REFERENCE = {"name": "login", "key": "TOKEN"}
LOGINS = {
    "none": (
        "asks for a login; set KIT_USER and KIT_PASSWORD",
        "give the service's namespace a Secret login with",
    ),
    "a wrong one": (
        "refuses the user; check KIT_USER and KIT_PASSWORD",
        "correct KIT_USER and TOKEN in the Secret login",
    ),
    "a docker config's": (
        "refuses the user; the credentials are from a file",
        "the credentials are from a file",
    ),
}


@pytest.mark.parametrize(("message", "hint"), LOGINS.values(), ids=LOGINS)
def test_a_hint_at_a_login_names_the_secret_that_the_pod_has_it_of(message: str, hint: str) -> None:
    failed = pod({"terminated": ended(10, message)})
    env = [{"name": "KIT_PASSWORD", "valueFrom": {"secretKeyRef": REFERENCE}}, {"name": "KIT_USER"}]
    failed["spec"]["initContainers"][0]["env"] = env
    (found,) = look(Recording((service(), failed), {})).values()

    assert found.hint.startswith(hint)


UNBOUND = [
    {
        "type": "PodScheduled",
        "status": "False",
        "message": "pod has unbound immediate PersistentVolumeClaims.",
    }
]
COMMANDS = {
    "a pod's log": (
        pod(DONE, CRASHING, before=(None, ended(1))),
        "kubectl -n default logs iris-predictor-1 -c kserve-container ",
    ),
    "claims": (pod(HELD, conditions=UNBOUND), "kubectl -n default describe pvc"),
    "the doctor": (pod({"terminated": ended(1)}, image=KSERVE), "kitserve doctor -n default"),
}


@pytest.mark.parametrize(("failed", "command"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_in_a_hint_can_be_copied(failed: Data, command: str) -> None:
    (found,) = look(Recording((service(), failed), {})).values()

    assert f"`{command}" in found.hint
