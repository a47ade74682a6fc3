"""All checks over what a real cluster answered: as it was, and with one thing changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kitserve.doctor.check import Check

from tests.case_ids import case_id
from tests.generator.doctor.recorded import NAMESPACE, Answers, answers, examined, release, rendered
from tests.parts.registry import Registry

Data = dict[str, Any]
Change = Callable[[Answers], None]
APIS = "get /apis/serving.kserve.io/v1alpha1"
CRDS = "get /apis/apiextensions.k8s.io/v1/customresourcedefinitions"
HOOKS = "get /apis/admissionregistration.k8s.io/v1"
HOOK = f"{HOOKS}/mutatingwebhookconfigurations/inferenceservice.serving.kserve.io"
CONFIG = "get /api/v1/namespaces/kserve/configmaps/inferenceservice-config"
CONTROLLER = "get /apis/apps/v1/namespaces/kserve/deployments/kserve-controller-manager"
PLACE = f"/api/v1/namespaces/{NAMESPACE}"
SECRET = f"get {PLACE}/secrets/kit-secret PartialObjectMetadata"
SERVICE = f"get /apis/serving.kserve.io/v1beta1/namespaces/{NAMESPACE}/inferenceservices/iris"


@pytest.fixture(autouse=True)
def nobody(home: Path) -> None:
    """Who asks has no login."""


def told(checks: list[Check], *results: str) -> list[str]:
    wanted = results or ("error", "warning", "unknown")
    return [f"{each.about}: {each.said}" for each in checks if each.result in wanted]


def at(answers: Answers, key: str, *path: str | int) -> Any:  # noqa: ANN401 - any JSON
    found = answers[key]
    for step in path:
        found = found[step]
    return found


def drop(*keys: str) -> Change:
    def change(found: Answers) -> None:
        for key in keys:
            assert key in found
            del found[key]

    return change


def put(key: str, *path: Any) -> Change:  # noqa: ANN401 - steps, and any JSON
    *steps, last, value = path

    def change(found: Answers) -> None:
        at(found, key, *steps)[last] = value

    return change


def refused(message: str, code: int = 403) -> Change:
    def change(found: Answers) -> None:
        found[f"post {PLACE}/pods"] = {"kind": "Status", "code": code, "message": message}

    return change


def setting(section: str, text: str) -> Change:
    return put(CONFIG, "data", section, text)


NODE = ("items", 0)
NODES = "get /api/v1/nodes"


def test_nothing_stands_in_the_way_of_what_was_recorded(registry: Registry) -> None:
    with_values = examined(answers(), release(registry.host))
    without = examined(answers())

    assert told(with_values) == []
    assert {each.group for each in with_values} == {
        *("KServe", "ClusterStorageContainers", "Nodes", "Namespaces", "Services", "Secrets and accounts"),
        "Registries",
    }
    # The recorded service's registry is gone.
    assert told(without, "error") == [
        "127.0.0.1:1: from here: the connection to 127.0.0.1:1 failed: Connection refused"
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (drop(CONTROLLER), ["controller: the namespace kserve has no Deployment kserve-controller-manager"]),
        (
            put(CONTROLLER, "status", "availableReplicas", 0),
            ["controller: no pod of KServe's controller is available: no service gets pods"],
        ),
        (
            put(
                CONTROLLER,
                "spec",
                "template",
                "spec",
                "containers",
                0,
                "image",
                "kserve/kserve-controller:v0.14.1",
            ),
            ["controller: KServe is 0.14, and kitserve needs 0.15"],
        ),
        (
            setting("deploy", '{"defaultDeploymentMode": "Serverless"}'),
            ["mode: services are to run in the mode Knative, and the cluster has no Knative"],
        ),
        (
            setting("deploy", "{"),
            ["mode: KServe's ConfigMap inferenceservice-config has no defaultDeploymentMode"],
        ),
        (drop(CONFIG), ["mode: KServe's ConfigMap inferenceservice-config isn't in kserve"]),
        (
            drop(f"{CRDS}/servingruntimes.serving.kserve.io"),
            ["CRD servingruntimes: the cluster has no CRD servingruntimes.serving.kserve.io"],
        ),
        (
            put(
                f"{CRDS}/clusterstoragecontainers.serving.kserve.io", "metadata", "deletionTimestamp", "2026"
            ),
            ["CRD clusterstoragecontainers: the CRD is being deleted, with all objects of its kind"],
        ),
        (
            put(HOOK, "webhooks", 0, "clientConfig", "caBundle", ""),
            [
                "mutating webhook: KServe's mutating webhook has no certificate authority, so that no call of it works"
            ],
        ),
        (
            put(HOOK, "webhooks", []),
            [
                "mutating webhook: KServe's mutating webhook inferenceservice.serving.kserve.io isn't there: no pod "
                "gets an initializer"
            ],
        ),
        (
            put("get /apis/discovery.k8s.io/v1/namespaces/kserve/endpointslices", "items", []),
            [
                f"{kind} webhook: no pod is ready behind kserve/kserve-webhook-server-service: the API server refuses "
                "what it can't ask"
                for kind in ("mutating", "validating")
            ],
        ),
        (drop(f"get {PLACE}"), [f"{NAMESPACE}: the namespace isn't there"]),
        (
            put(f"get {PLACE}", "status", "phase", "Terminating"),
            [f"{NAMESPACE}: the namespace is being deleted"],
        ),
        (
            put(f"get {PLACE}", "metadata", "labels", {"control-plane": "x"}),
            [
                f"{NAMESPACE}: KServe's webhook leaves its pods out because of its labels: no pod gets a model",
            ],
        ),
        (
            put(NODES, *NODE, "status", "allocatable", "ephemeral-storage", "1Ki"),
            [
                f"for {NAMESPACE}/iris: no node takes a pod of it: of 1, 1 with less ephemeral-storage than the 100Mi "
                "that it requests",
                "disk: the largest model has 16.5 KiB, and no node has more than 1.0 KiB for pods",
            ],
        ),
        (
            put(NODES, *NODE, "spec", "taints", [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]),
            [
                f"for {NAMESPACE}/iris: no node takes a pod of it: of 1, 1 with the taint gpu, which the pod doesn't "
                "tolerate",
            ],
        ),
        (put(NODES, *NODE, "spec", "taints", [{"key": "gpu", "effect": "PreferNoSchedule"}]), []),
        (
            refused('Pod "kitserve-doctor-x" is invalid: spec.containers[0].image: Bad value', 422),
            [
                f"{NAMESPACE}: pod of iris: the cluster calls such a pod invalid: spec.containers[0].image: Bad value"
            ],
        ),
        (
            put(NODES, *NODE, "spec", "unschedulable", True),
            [
                "ready: no node is ready for pods",
                "disk: the nodes don't say how large their disks are",
            ],
        ),
        (
            put(f"{APIS}/clusterservingruntimes", "items", []),
            [f"{NAMESPACE}/iris: runtime: no runtime of the cluster serves this format"],
        ),
        (
            refused(
                'pods "kitserve-doctor-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot'
            ),
            [
                f"{NAMESPACE}: pod of iris: the cluster refuses such a pod: violates PodSecurity "
                '"restricted:latest": runAsNonRoot'
            ],
        ),
    ],
    ids=case_id,
)
def test_one_thing_that_is_wrong(registry: Registry, change: Change, expected: list[str]) -> None:
    found = answers()
    change(found)

    checks = examined(found, release(registry.host))

    assert [each for each in told(checks) if "initializer's image" not in each] == expected


def test_without_kserve_one_sentence_says_so(registry: Registry) -> None:
    found = {key: answer for key, answer in answers().items() if "kserve" not in key}

    assert told(examined(found, release(registry.host)), "error")[0] == (
        "CRDs: the cluster has none of KServe's CRDs: KServe isn't installed"
    )


def test_what_a_login_may_not_read_is_not_known_and_ends_no_other_check(registry: Registry) -> None:
    whole = {(each.group, each.about) for each in examined(answers(), release(registry.host))}
    for hidden in [key for key in answers() if key.startswith("get ")]:
        found = answers()
        found[hidden] = 403
        checks = examined(found, release(registry.host))

        assert told(checks, "error") == [], hidden
        lost = {(each.group, each.about) for each in checks if each.result == "unknown"}
        assert len(whole - {(each.group, each.about) for each in checks}) <= len(lost) + 1, hidden


def test_a_login_that_sees_nothing_still_asks_registries(registry: Registry) -> None:
    found: Answers = {
        key: 403 if key.startswith(("get ", "post ")) else each for key, each in answers().items()
    }

    checks = examined(found, release(registry.host))

    assert told(checks, "error", "warning") == []
    assert [each.about for each in checks if each.result == "ok" and each.group == "Registries"] == [
        registry.host,
        f"kit://{registry.host}/golden/iris:v1",
    ]


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        (None, "isn't there: pods start without it, and pull as nobody"),
        (
            [{"fieldsV1": {"f:data": {"f:username": {}}}}],
            "has no key KIT_PASSWORD, KIT_USER: pods start without it",
        ),
        ([], "its managedFields were cleared"),
    ],
    ids=["missing", "other keys", "cleared"],
)
def test_a_login_where_nobody_knows_whether_it_is_needed(secret: Any, expected: str) -> None:  # noqa: ANN401 - any JSON
    found = answers()
    if secret is None:
        del found[SECRET]
    else:
        found[SECRET]["metadata"]["managedFields"] = secret

    checks = examined(found, release("127.0.0.1:1"))

    (said,) = (each.said for each in checks if each.about == f"{NAMESPACE}: Secret kit-secret")
    assert said.startswith(expected)


def test_a_login_isnt_needed_where_anybody_may_pull(registry: Registry) -> None:
    found = answers()
    del found[SECRET]

    checks = examined(found, release(registry.host))

    assert told(checks) == []
    assert "isn't there, and isn't needed" in [each.said for each in checks]


@pytest.mark.parametrize(
    "text", ["\x1b[2J\n##[error]", "a" * 100_000, "\u202e", {"a": 1}, [], None, 7], ids=case_id
)
def test_whatever_the_cluster_says_is_data(registry: Registry, text: Any) -> None:  # noqa: ANN401 - any JSON
    def poisoned(data: Any, depth: int) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(data, dict):
            return {name: poisoned(value, depth - 1) for name, value in data.items()}
        if isinstance(data, list):
            return [poisoned(each, depth - 1) for each in data]
        return text if depth <= 0 else data

    for depth in range(2, 10):
        found = {
            key: poisoned(each, depth) if isinstance(each, dict) else each for key, each in answers().items()
        }
        for each in found.values():
            if isinstance(each, dict):
                each["kind"] = "Any"

        checks = examined(found, release(registry.host))

        assert all("\n" not in each.said and len(each.said) <= 1001 for each in checks)


TAINT = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}
PLACED: dict[str, tuple[Data, list[Data], str]] = {
    "no demand": ({}, [], ""),
    "a label that no node has": ({"nodeSelector": {"gpu": "a100"}}, [], "without the label gpu=a100"),
    "more than any node has": (
        {"resources": {"requests": {"memory": "900Ti"}}},
        [],
        "with less memory than the 900Ti that it requests",
    ),
    "a resource that no node has": (
        {"resources": {"limits": {"nvidia.com/gpu": "1"}}},
        [],
        "with less nvidia.com/gpu than the 1 that it requests",
    ),
    "a taint": ({}, [TAINT], "with the taint gpu, which the pod doesn't tolerate"),
    "a taint with another value": (
        {"tolerations": [{"key": "gpu", "value": "no"}]},
        [TAINT],
        "with the taint gpu, which the pod doesn't tolerate",
    ),
    "a taint that is tolerated by its value": (
        {"tolerations": [{"key": "gpu", "value": "yes"}]},
        [TAINT],
        "",
    ),
    "a taint that is tolerated by its key": (
        {"tolerations": [{"key": "gpu", "operator": "Exists"}]},
        [TAINT],
        "",
    ),
    "any taint that is tolerated": ({"tolerations": [{"operator": "Exists"}]}, [TAINT], ""),
    "another effect that is tolerated": (
        {"tolerations": [{"operator": "Exists", "effect": "NoExecute"}]},
        [TAINT],
        "with the taint gpu, which the pod doesn't tolerate",
    ),
}


@pytest.mark.parametrize(("service", "taints", "said"), PLACED.values(), ids=PLACED)
def test_whether_a_node_takes_the_pod(
    service: Data, taints: list[Data], said: str, registry: Registry
) -> None:
    found = answers()
    found[NODES]["items"][0]["spec"]["taints"] = taints
    values = release(registry.host)
    values["inferenceServices"]["iris"] |= service

    checks = examined(found, values)

    (told_of,) = (each for each in checks if each.about == f"for {NAMESPACE}/iris")
    assert told_of.result == ("warning" if said else "ok")
    assert said in told_of.said


@pytest.mark.parametrize(
    ("listed", "unpacking", "ignored"),
    [
        ([], {"digest": f"sha256:{'a' * 64}"}, "kitserve.io/digest"),
        (["digest"], {"digest": f"sha256:{'a' * 64}"}, ""),
        (
            ["digest"],
            {"filter": "model", "unpackFlags": "-v"},
            "kitserve.io/filter and kitserve.io/unpack-flags",
        ),
        ([], {}, ""),
    ],
    ids=["a digest", "a digest that is passed on", "two others", "nothing"],
)
def test_a_demand_that_the_clusters_initializer_ignores(
    listed: list[str], unpacking: Data, ignored: str, registry: Registry
) -> None:
    found = answers()
    made = {**release(registry.host), "serviceAnnotations": listed}
    (own,) = (each for each in rendered(made) if each["kind"] == "ClusterStorageContainer")
    found[f"{APIS}/clusterstoragecontainers"]["items"] = [own]
    values = release(registry.host, clusterStorageContainer={"create": False})
    values["inferenceServices"]["iris"]["unpacking"] = unpacking

    said = [each.said for each in examined(found, values) if "ignores" in each.said]

    assert len(said) == bool(ignored)
    assert not said or said[0].startswith(f"the initializer ignores {ignored} of the service")
