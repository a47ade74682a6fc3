"""`kitserve status`: faults that are planted in a cluster, and the sentence on each."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import large
from tests.e2e.features import FAILURES, OWN_VOLUME, has, needs
from tests.e2e.files import service
from tests.e2e.image_volumes import make_image, pack_words
from tests.e2e.inference import RESOURCES
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.e2e.status import await_causes, look, run, waited
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Basic, Registry
from tests.parts.signing.keys import new_key

FOREIGN = "docker.io/kserve/storage-initializer:v0.20.0"


def uri(registry: Registry, tag: str = "v1") -> str:
    return f"kit://{registry.host}/golden/iris:{tag}"


def test_what_is_ready_has_the_digest_of_its_model(
    files: Release, kubectl: Kubectl, registry: Registry, modelkits: dict[str, ModelKit]
) -> None:
    files.install(inferenceServices={"iris": service(storageUri=uri(registry))})

    ran = run(kubectl, "iris", "--wait", "--timeout", "3m")

    assert ran.returncode == 0, ran.stderr
    head, row = ran.stdout.splitlines()
    digest = modelkits["iris"].expected["manifest_digest"]
    assert head.split() == ["NAMESPACE", "NAME", "STATE", "MODEL", "DIGEST"]
    assert row.split() == [kubectl.namespace, "iris", "ready", uri(registry), digest[:19]]
    assert ran.stderr.splitlines()[-1] == f"{kubectl.namespace}/iris: ready"
    (found,) = json.loads(run(kubectl, "-o", "json").stdout)
    assert found["models"] == [{"uri": uri(registry), "delivery": "initializer", "digest": digest}]
    assert (found["serving"], found["cause"]) == (True, "")


def planted(registry: Registry) -> dict[str, dict[str, Any]]:
    """Services that differ from one that works in one thing each."""
    good = uri(registry)
    variable = {"name": "A", "valueFrom": {"secretKeyRef": {"name": "absent", "key": "a"}}}
    volume = {"name": "certificates", "secret": {"secretName": "absent"}}
    mount = {"name": "certificates", "mountPath": "/certificates"}
    small = {"name": "kserve-provision-location", "emptyDir": {"medium": "Memory", "sizeLimit": "1Ki"}}
    limited = {"name": "kserve-provision-location", "emptyDir": {"sizeLimit": "1Ki"}}
    command = ["python3", "-c", "raise ValueError('no model here')"]
    # An evicted pod is nothing worth telling once another one is ready.
    never = {"tcpSocket": {"port": 9}}
    little = {**RESOURCES, "limits": {"ephemeral-storage": "1Ki"}}
    big = {"requests": {"cpu": "1000", "memory": "100Mi"}}
    return {
        "tag": service(storageUri=uri(registry, "absent")),
        "variable": service(storageUri=good, env=[variable]),
        "volume": service(
            storageUri=good, predictor={"volumes": [volume], "model": {"volumeMounts": [mount]}}
        ),
        "disk": service(storageUri=good, predictor={"volumes": [small]}),
        "server-image": service(
            storageUri=good, predictor={"model": {"image": f"{registry.host}/absent:v1"}}
        ),
        "model-image": service(storageUri=pack_words(registry, "nobody's").uri, delivery="imageVolume"),
        "nowhere": service(storageUri=good, resources=big),
        "account": service(storageUri=good, serviceAccountName="absent"),
        "crash": service(storageUri=good, predictor={"model": {"command": command}}),
        "runtime": service(storageUri=good, runtime="absent"),
        "volume-limit": service(storageUri=good, readinessProbe=never, predictor={"volumes": [limited]}),
        "disk-limit": service(storageUri=good, readinessProbe=never, resources=little),
    }


SENTENCES = {
    "tag": r"the initializer ended \(exit code 12, NotFound\): .*golden/iris has no 'absent'",
    "variable": r'the container kserve-container can\'t start: secret "absent" not found',
    "volume": r'a volume of the pod can\'t be mounted: .*secret "absent" not found',
    "disk": r"the initializer ended \(exit code 32, DiskFull\): ",
    "server-image": r"the node can't pull the image of kserve-container .*/absent:v1: .*not found",
    "model-image": r"the node can't pull the model's image .*\.image: .*not found",
    "nowhere": r"no node takes the pod: 0/1 nodes are available: 1 Insufficient cpu",
    "account": r'no pod can be made: .*serviceaccount "absent" not found',
    "crash": r"the container kserve-container ended with exit code 1: ValueError: no model here",
    "runtime": r"KServe refuses the service: No ServingRuntimes or ClusterServingRuntimes with the name: absent",
    "volume-limit": r'the node evicted the pod: Usage of EmptyDir volume "[a-z-]+" exceeds the limit "1Ki"',
    "disk-limit": r"the node evicted the pod: Pod ephemeral local storage usage exceeds the total limit .* 1Ki",
}
EVICTED = "raise the limit of ephemeral storage (of the initializer: `resources.limits`), or unpack less"
HINTS = {
    "tag": "check the repository and the tag, and that the ModelKit was pushed, or give credentials if it isn't public",
    "variable": "create the Secret absent in the service's namespace",
    "volume": "create the Secret absent in the service's namespace",
    "disk": "use a larger volume, or unpack less with --filter",
    "server-image": "correct the image's name or tag, or push it",
    "model-image": "make it: `kitserve image` with the service's layout and filters",
    "nowhere": "ask for less cpu, or add a node that has it",
    "account": "create the service account absent",
    "crash": "`kubectl -n NS logs POD -c kserve-container --previous` shows all of its log",
    "runtime": "`kubectl -n NS get clusterservingruntimes,servingruntimes` shows those that there are",
    "volume-limit": EVICTED,
    "disk-limit": EVICTED,
}


def test_each_fault_has_its_sentence(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    left_out = set() if has(OWN_VOLUME) else {"disk", "volume-limit"}
    services = {name: each for name, each in planted(registry).items() if name not in left_out}
    files.install(inferenceServices=services)

    found = await_causes(kubectl, *services)
    ran = run(kubectl)

    odd = {
        name: each["cause"] for name, each in found.items() if not re.search(SENTENCES[name], each["cause"])
    }
    assert odd == {}
    hints = {name: each["hint"].replace(f"-n {kubectl.namespace} ", "-n NS ") for name, each in found.items()}
    expected = {**HINTS, "crash": HINTS["crash"].replace("POD", found["crash"]["pod"])}
    assert hints == {name: expected[name] for name in services}
    passing = {"crash", "disk", "nowhere", "tag"}
    assert {name for name, each in found.items() if not each["final"]} <= passing
    assert not found["nowhere"]["final"]
    assert found["tag"]["exit_code"] == 12
    assert ran.returncode == 1
    assert f"  hint: {HINTS['tag']}\n" in ran.stdout
    assert ran.stderr.splitlines()[0].endswith(" not ready: the cause is above")


def test_a_wrong_password(files: Release, kubectl: Kubectl, private_registry: Registry) -> None:
    assert isinstance(private_registry.auth, Basic)
    login = {"username": private_registry.auth.user, "password": "wr0ng-in-a-cluster"}
    credentials = {"create": True, "namespaces": [kubectl.namespace], **login}
    files.install(
        credentials=credentials, inferenceServices={"iris": service(storageUri=uri(private_registry))}
    )

    code, found = waited(kubectl)

    assert (code, found["state"], found["exit_code"]) == (1, "failed", 10)
    assert found["cause"].startswith("the initializer ended (exit code 10, Unauthorized): ")
    assert private_registry.host in found["cause"]
    assert found["hint"].startswith("correct KIT_USER and KIT_PASSWORD in the Secret ")
    assert "wr0ng" not in json.dumps(found)


def test_an_initializer_without_enough_memory(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    files.install(
        resources={"limits": {"memory": "16Mi"}, "requests": {"memory": "16Mi"}},
        inferenceServices={"iris": service(storageUri=uri(registry))},
    )

    code, found = waited(kubectl)

    said = "the container storage-initializer used more memory than its limit (16Mi) and was killed"
    assert (code, found["cause"], found["hint"]) == (1, said, "raise `resources.limits.memory`")


def test_a_model_that_nobody_signed(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    key = new_key()
    rules = [{"references": [f"{registry.host}/**"], "keys": [key.public]}]
    files.install(
        verification={"rules": rules}, inferenceServices={"iris": service(storageUri=uri(registry))}
    )

    code, found = waited(kubectl)

    assert (code, found["exit_code"]) == (1, 50)
    assert (
        f"nobody has signed, and it needs a signature by key sha256:{key.fingerprint[:16]}" in found["cause"]
    )
    assert found["hint"].startswith("sign this digest in this repository")


@pytest.fixture
def shadow(kubectl: Kubectl, registry: Registry) -> Iterator[None]:
    """A ClusterStorageContainer of somebody else's, which takes this registry's ModelKits."""
    container = {"name": "storage-initializer", "image": FOREIGN, "imagePullPolicy": "IfNotPresent"}
    item = {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ClusterStorageContainer",
        "metadata": {"name": kubectl.namespace},
        "spec": {
            "container": container,
            "supportedUriFormats": [{"prefix": f"kit://{registry.host}/"}],
            "workloadType": "initContainer",
        },
    }
    kubectl.apply(item)
    yield
    kubectl.run("delete", "clusterstoragecontainer", kubectl.namespace)


@pytest.mark.usefixtures("shadow")
def test_a_container_that_shadows_ours(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    files.install(
        clusterStorageContainer={"create": False},
        inferenceServices={"iris": service(storageUri=uri(registry))},
    )

    code, found = waited(kubectl)

    assert (code, found["state"]) == (1, "failed")
    said = f"KServe gave {uri(registry)} to an initializer that doesn't know kit:// ({FOREIGN})"
    assert found["cause"] == said
    assert "kserve/kserve#5299" in found["hint"]


def test_no_container_takes_kit(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    files.install(
        clusterStorageContainer={"create": False},
        inferenceServices={"iris": service(storageUri=uri(registry))},
    )

    code, found = waited(kubectl)

    said = f"KServe makes no pod of it: no ClusterStorageContainer takes {uri(registry)}"
    assert (code, found["cause"]) == (1, said)


def test_pod_security_and_a_quota(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    kubectl.run("label", "namespace", kubectl.namespace, "pod-security.kubernetes.io/enforce=restricted")
    files.install(securityContext=None, inferenceServices={"iris": service(storageUri=uri(registry))})

    code, found = waited(kubectl)

    assert (code, found["state"]) == (1, "failed")
    assert re.match(r'no pod can be made: violates PodSecurity "restricted:latest": ', found["cause"])
    assert "storage-initializer" in found["cause"]

    kubectl.run("create", "quota", "none", "--hard=pods=0")
    files.install(inferenceServices={"iris": service(storageUri=uri(registry))})
    end = time.monotonic() + 60
    while "quota" not in (found := look(kubectl)["iris"])["cause"] and time.monotonic() < end:
        time.sleep(1)

    assert found["cause"].startswith("no pod can be made: exceeded quota: none, requested: pods=1")
    assert (found["state"], found["hint"]) == ("retrying", "raise the quota none, or ask for less")


def test_the_time_is_up_while_no_node_takes_the_pod(
    files: Release, kubectl: Kubectl, registry: Registry
) -> None:
    big = {"requests": {"cpu": "1000", "memory": "100Mi"}}
    files.install(inferenceServices={"iris": service(storageUri=uri(registry), resources=big)})
    await_causes(kubectl, "iris")

    ran = run(kubectl, "--wait", "--timeout", "3s")

    assert ran.returncode == 5
    assert ran.stderr.splitlines()[-1] == "error: the time is up, and iris is not ready"
    assert "  cause: no node takes the pod: " in ran.stdout


def test_a_pod_of_before_serves_while_the_new_one_fails(
    files: Release, kubectl: Kubectl, registry: Registry
) -> None:
    files.install(inferenceServices={"iris": service(storageUri=uri(registry))})
    assert waited(kubectl)[0] == 0

    files.install(inferenceServices={"iris": service(storageUri=uri(registry, "absent"))})
    code, found = waited(kubectl)

    assert (code, found["state"], found["serving"]) == (1, "failed", True)
    assert found["models"][0]["uri"] == uri(registry, "absent")
    assert found["cause"].endswith("(pods of before still serve)")


def test_what_the_initializer_and_a_node_do_is_shown(
    files: Release, kubectl: Kubectl, registry: Registry
) -> None:
    large.push(registry, "large/zeros")
    address = f"kit://{registry.host}/large/zeros:v1"
    files.install(logFormat="json", inferenceServices={"large": service(storageUri=address)})

    seen: list[dict[str, Any]] = []
    while not seen or seen[-1]["state"] != "ready":
        seen.append(look(kubectl)["large"])
        assert not seen[-1]["cause"]

    loading = [each for each in seen if each["state"] == "loading"]
    assert any("GiB" in each["detail"] for each in loading)
    assert seen[-1]["models"][0]["digest"].startswith("sha256:")


def test_an_image_volume_and_its_digest(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    packed = pack_words(registry, "for status")
    by_digest = f"{packed.uri.rpartition(':')[0]}@{packed.digest}"
    make_image(registry, by_digest)
    files.install(inferenceServices={"words": service(storageUri=by_digest, delivery="imageVolume")})

    code, found = waited(kubectl, "words")

    assert code == 0
    (model,) = found["models"]
    assert (model["delivery"], model["digest"]) == ("imageVolume", packed.digest)


@pytest.fixture
def viewer(kubectl: Kubectl, tmp_path: Path) -> Path:
    """A kubeconfig with the rights of Kubernetes' role `view` in the test's namespace, and on KServe's kinds."""
    name = "viewer"
    rule = {"apiGroups": ["serving.kserve.io"], "resources": ["*"], "verbs": ["get", "list"]}
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": name},
        "rules": [rule],
    }
    kubectl.apply(role)
    kubectl.run("create", "serviceaccount", name)
    account = f"--serviceaccount={kubectl.namespace}:{name}"
    kubectl.run("create", "rolebinding", "kserve", f"--role={name}", account)
    kubectl.run("create", "rolebinding", "view", "--clusterrole=view", account)
    token = kubectl.run("create", "token", name).strip()
    config = json.loads(kubectl.run("config", "view", "--raw", "--output=json"))
    config["users"] = [{"name": name, "user": {"token": token}}]
    config["contexts"] = [{"name": name, "context": {"cluster": config["clusters"][0]["name"], "user": name}}]
    config["current-context"] = name
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps(config))
    return file


def test_who_may_view_a_namespace_sees_the_cause(
    files: Release, kubectl: Kubectl, registry: Registry, viewer: Path
) -> None:
    files.install(inferenceServices={"iris": service(storageUri=uri(registry, "absent"))})
    await_causes(kubectl, "iris")

    ran = run(kubectl, kubeconfig=viewer)

    assert ran.returncode == 1
    assert "(exit code 12, NotFound)" in ran.stdout
    assert "not read: " not in ran.stderr


def test_who_may_not_read_pods_is_told_so_once(
    files: Release, kubectl: Kubectl, registry: Registry, viewer: Path
) -> None:
    files.install(inferenceServices={"iris": service(storageUri=uri(registry, "absent"))})
    await_causes(kubectl, "iris")
    kubectl.run("delete", "rolebinding", "view")

    ran = run(kubectl, kubeconfig=viewer)

    causes = 1 if has(FAILURES) else 0
    assert (ran.returncode, ran.stdout.count("cause: ")) == (causes, causes), ran.stdout + ran.stderr
    assert ("may not read pods" in ran.stdout) == (not causes)
    assert sum("pods is forbidden" in line for line in ran.stderr.splitlines()) == 1


@needs("LLMInferenceServices that mount images")
@pytest.mark.usefixtures("llm_controller")
def test_an_llm_service_with_a_kit_uri(kubectl: Kubectl) -> None:
    address = "kit://registry.example.com/models/chat:v1"
    kubectl.apply(
        {
            "apiVersion": "serving.kserve.io/v1alpha2",
            "kind": "LLMInferenceService",
            "metadata": {"name": "chat"},
            "spec": {"model": {"uri": address, "name": "chat"}, "replicas": 1},
        }
    )

    code, found = waited(kubectl, "chat")

    assert (code, found["kind"]) == (1, "LLMInferenceService")
    assert found["cause"].endswith(f"unsupported schema in model URI: {address}")
    assert "`kitserve image`" in found["hint"]


@pytest.mark.usefixtures("files")
def test_nothing_there_is_told(kubectl: Kubectl) -> None:
    ran = run(kubectl)

    assert ran.returncode == 5
    assert ran.stderr.startswith(f"error: no service in the namespace {kubectl.namespace} gets a ModelKit\n")
    assert run(kubectl, "iris").stderr.startswith("error: there is no service iris in the namespace")
