"""Messages of Kubernetes, KServe and containerd, as they write them: the sentence, the hint, "
"and whether it passes."""

import pytest
from kitserve.serving.messages import explained
from kitserve.serving.pod.images import unpulled

MESSAGES = {
    "quota": (
        'pods "iris-predictor-6d5f7" is forbidden: exceeded quota: none, requested: pods=1, used: '
        "pods=0, limited: pods=0",
        "exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0",
        "raise the quota none, or ask for less",
        False,
    ),
    "pod security": (
        'pods "iris-predictor-6d5f7" is forbidden: violates PodSecurity "restricted:latest": '
        "allowPrivilegeEscalation != false",
        'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
        "give the containers that it names the security context that it wants",
        True,
    ),
    "service account": (
        'pods "iris-predictor-6d5f7" is forbidden: error looking up service account models/robot: '
        'serviceaccount "robot" not found',
        'error looking up service account models/robot: serviceaccount "robot" not found',
        "create the service account robot",
        True,
    ),
    "secret of a variable": (
        'secret "login" not found',
        'secret "login" not found',
        "create the Secret login",
        True,
    ),
    "secret of a volume": (
        'MountVolume.SetUp failed for volume "a" : secret "login" not found',
        'MountVolume.SetUp failed for volume "a" : secret "login" not found',
        "create the Secret login",
        True,
    ),
    "config map of another namespace": (
        'MountVolume.SetUp failed for volume "a" : references non-existent config key: ca.crt',
        "",
        "add that key",
        True,
    ),
    "config map": ('configmap "ca" not found', 'configmap "ca" not found', "create the ConfigMap ca", True),
    "key": (
        "couldn't find key password in Secret models/login",
        "",
        "add the key password to the Secret models/login",
        True,
    ),
    "cpu": (
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 "
        "nodes are available: "
        "1 Preemption is not helpful for scheduling.",
        "0/1 nodes are available: 1 Insufficient cpu",
        "ask for less cpu",
        False,
    ),
    "gpu": (
        "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
        "0/3 nodes are available: 3 Insufficient nvidia.com/gpu",
        "ask for less nvidia.com/gpu, or add a node that has it",
        False,
    ),
    "taint": (
        "0/1 nodes are available: 1 node(s) had untolerated taint(s).",
        "0/1 nodes are available: 1 node(s) had untolerated taint(s)",
        "correct nodeSelector, affinity or tolerations",
        False,
    ),
    "claim": (
        'persistentvolumeclaim "model" not found',
        "",
        "create the claim model",
        True,
    ),
    "class": (
        "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
        "",
        "`kubectl describe pvc`",
        False,
    ),
    "webhook down": (
        "Internal error occurred: failed calling webhook "
        '"inferenceservice.kserve-webhook-server.pod-mutator": failed to call '
        'webhook: Post "https://kserve-webhook-server-service.kserve.svc:443/mutate-pods": no endpoints '
        "available for service",
        "",
        "look at the pods of that webhook",
        False,
    ),
    "webhook refuses": (
        'admission webhook "validate.kyverno.svc-fail" denied the request: images must be signed',
        "",
        "change what the webhook names",
        True,
    ),
    "knative's initializer": (
        'fails to reconcile predictor: admission webhook "validation.webhook.serving.knative.dev" denied the request: '
        "validation failed: must not set the field(s): spec.template.spec.initContainers\n"
        "pod spec support for init-containers is off, but found 1 init containers: ",
        "",
        "switch on Knative's feature for that",
        True,
    ),
    "knative's claim": (
        'fails to reconcile predictor: admission webhook "validation.webhook.serving.knative.dev" denied the request: '
        "validation failed: Persistent volume claim support is disabled, but found persistent volume claim absent: ",
        "",
        "switch on Knative's feature for that",
        True,
    ),
    "what knative never takes": (
        'admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: '
        'volume with name "a" not mounted: spec.template.spec.volumes[0].name',
        "",
        "change what the webhook names",
        True,
    ),
    "no storage container": (
        "fails to reconcile predictor: StorageURI not supported: storageUri, must be one of: [gs://, "
        "s3://, pvc://] or match "
        "https://{}.blob.core.windows.net/{}/{} or be an absolute or relative local path. StorageUri "
        "[kit://registry.example.com/models/iris:v1] is not supported",
        "no ClusterStorageContainer takes kit://registry.example.com/models/iris:v1",
        "install kitserve's chart",
        True,
    ),
    "llm": (
        "Reconciliation failed: unsupported schema in model URI: kit://registry.example.com/models/iris:v1",
        "",
        "an LLMInferenceService mounts the image of a ModelKit",
        True,
    ),
    "runtime": (
        "fails to reconcile predictor: No ServingRuntimes or ClusterServingRuntimes with the name: absent",
        "No ServingRuntimes or ClusterServingRuntimes with the name: absent",
        "`kubectl get clusterservingruntimes,servingruntimes`",
        True,
    ),
    "no runtime": (
        "fails to reconcile predictor: no runtime found to support predictor with model type: {files <nil>}",
        "",
        "`kubectl get clusterservingruntimes,servingruntimes`",
        True,
    ),
    "invalid": (
        'fails to reconcile predictor: Deployment.apps "iris-predictor" is invalid: spec.template.spec.containers[0].'
        "securityContext.privileged: Forbidden: disallowed by cluster policy",
        'Deployment.apps "iris-predictor" is invalid: spec.template.spec.containers[0].securityContext.privileged: '
        "Forbidden: disallowed by cluster policy",
        "correct that field in the service",
        True,
    ),
    "container runtime": (
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: exec: "
        '"vllm" not found',
        "",
        "",
        False,
    ),
    "unknown": ("the moon is full", "the moon is full", "", False),
    "braces": ("a {name} and {} {0} %s", "a {name} and {} {0} %s", "", False),
}


@pytest.mark.parametrize(("message", "sentence", "hint", "final"), MESSAGES.values(), ids=MESSAGES)
def test_it_means(message: str, sentence: str, hint: str, final: bool) -> None:
    cause = explained(message, "said: {}")

    if sentence:
        assert cause.sentence == f"said: {sentence}"
    assert cause.hint.startswith(hint)
    assert bool(cause.hint) == bool(hint)
    assert cause.is_final is final


IMAGE = "registry.example.com/models/iris:v1.image"
SERVER = "docker.io/library/server:v1"
FRONT = f'failed to pull and unpack image "{IMAGE}": '
PULLS = {
    "absent": (
        f'Back-off pulling image "{IMAGE}": ErrImagePull: rpc error: code = NotFound desc = '
        f"{FRONT}failed to resolve image: "
        f"{IMAGE}: not found",
        f"the node can't pull the model's image {IMAGE}: not found",
        "make it: `kitserve image`",
        True,
    ),
    "login": (
        f'Failed to pull image "{IMAGE}": {FRONT}failed to resolve image: pull access denied, repository '
        f"does not exist or may "
        "require authorization: authorization failed: no basic auth credentials",
        f"the node can't pull the model's image {IMAGE}: pull access denied, ",
        "give the pod a pull secret",
        True,
    ),
    "plain": (
        f'Failed to pull image "{IMAGE}": {FRONT}failed to do request: Head '
        f'"https://registry.example.com/v2/": http: server gave '
        "HTTP response to HTTPS client",
        "",
        "tell the nodes that this registry has no TLS",
        True,
    ),
    "authority": (
        f'Failed to pull image "{IMAGE}": {FRONT}tls: failed to verify certificate: x509: certificate '
        f"signed by unknown authority",
        "",
        "let the nodes trust",
        True,
    ),
    "damaged": (
        f'Failed to pull image "{IMAGE}": {FRONT}failed commit on ref "layer-sha256:aa": unexpected '
        f"commit digest sha256:bb, "
        "expected sha256:aa: failed precondition",
        "",
        "the registry holds other bytes",
        True,
    ),
    "down": (
        f'Failed to pull image "{IMAGE}": {FRONT}dial tcp 10.0.0.1:443: connect: connection refused',
        "",
        "the node tries again",
        False,
    ),
    "later": (
        f'Failed to pull image "{IMAGE}": {FRONT}429 Too Many Requests: toomanyrequests',
        "",
        "the node's",
        False,
    ),
    "server": (
        f'Back-off pulling image "{SERVER}"',
        f"the node can't pull the image of kserve-container {SERVER}: ImagePullBackOff",
        "the node tries again",
        False,
    ),
}


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ("kserve/sklearnserver:v0.20.0", "docker.io/kserve/sklearnserver:v0.20.0"),
        ("server", "docker.io/library/server:latest"),
        ("ghcr.io/a/server", "ghcr.io/a/server:latest"),
        (f"localhost/server:v1@sha256:{'a' * 64}", f"localhost/server@sha256:{'a' * 64}"),
        ("host:5000/server:v1", "host:5000/server:v1"),
    ],
)
def test_a_server_s_image_is_its_own_by_the_runtime_s_name_for_it(own: str, told: str) -> None:
    container = {"name": "kserve-container", "image": own}
    messages = [
        f'Failed to pull image "{own}": no route',
        f'failed to pull and unpack image "{told}": no route',
    ]

    said = {unpulled(each, "ErrImagePull", container, "the image of it").sentence for each in messages}

    assert said == {f"the node can't pull the image of it {own}: no route"}


@pytest.mark.parametrize(("message", "sentence", "hint", "final"), PULLS.values(), ids=PULLS)
def test_a_pull_fails(message: str, sentence: str, hint: str, final: bool) -> None:
    container = {"name": "kserve-container", "image": SERVER}

    cause = unpulled(message, "ImagePullBackOff", container, "the image of kserve-container")

    assert cause.sentence.startswith(sentence)
    assert cause.hint.startswith(hint) or hint == "the node's"
    assert cause.is_final is final
