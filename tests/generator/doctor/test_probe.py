"""The pod of `--from-cluster`: what it is, that it goes, and what is told of its end."""

import itertools
from typing import Any

import pytest
from kitserve.cluster.api_server import Refused
from kitserve.cluster.inquiry import Inquiry
from kitserve.doctor.intent import Intent
from kitserve.doctor.remote import probe, probe_end, probe_pod
from kitserve.doctor.workload import Workload

from tests.case_ids import case_id
from tests.generator.check.manifests import MODEL, SERVICE, mutated
from tests.generator.doctor.containers import OURS

Data = dict[str, Any]
URIS = ("kit://r.io/a:1", "kit://r.io/b:1")
PLACE = probe_pod.Place("models", "", URIS, ())
FIT = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def service(name: str, uri: str, **predictor: Any) -> Workload:  # noqa: ANN401 - any JSON
    item = mutated(mutated(SERVICE, "metadata.name", name), f"{MODEL}.storageUri", uri)
    item["spec"]["predictor"] |= predictor
    return Workload(item, "models")


def intent(*services: Workload, container: Data | None = None) -> Intent:
    return Intent("models", services, (mutated(OURS, "spec.container", container or {"image": "r.io/i:1"}),))


def pod(*states: Data, **status: Any) -> Data:  # noqa: ANN401 - any JSON
    named = [{"name": f"check-{number}", "state": state} for number, state in enumerate(states)]
    return {"kind": "Pod", "metadata": {"name": "a"}, "status": {"containerStatuses": named, **status}}


def ended(code: int, message: str = "") -> Data:
    return {"terminated": {"exitCode": code, "message": message, "reason": "Error"}}


def waiting(reason: str, message: str = "") -> Data:
    return {"waiting": {"reason": reason, "message": message}}


def test_services_of_one_account_are_asked_for_by_one_pod() -> None:
    found = intent(
        service("a", URIS[0], imagePullSecrets=[{"name": "x"}]),
        service("b", URIS[1], imagePullSecrets=[{"name": "x"}, {"name": "y"}]),
        service("c", URIS[0], serviceAccountName="reader"),
        service("d", "s3://bucket/a"),
    )

    assert probe_pod.places(found) == [
        probe_pod.Place("models", "", URIS, ("x", "y")),
        probe_pod.Place("models", "reader", URIS[:1], ()),
    ]


def test_the_pod_fits_restricted_and_ends_by_itself() -> None:
    env = [{"name": "KIT_UNPACK_FLAGS", "value": "--plain-http"}]
    made = probe_pod.pod_of(intent(container={"image": "r.io/i:1", "env": env, "args": ["x"]}), PLACE)
    spec = made["spec"]

    assert spec["activeDeadlineSeconds"] == 120
    assert spec["restartPolicy"] == "Never"
    assert spec["automountServiceAccountToken"] is False
    assert "ownerReferences" not in made["metadata"]
    for container, uri in zip(spec["containers"], URIS, strict=True):
        assert container["args"] == ["--check", uri]
        assert container["env"] == env
        assert container["securityContext"].items() >= FIT.items()
        assert container["resources"]["requests"] == {"cpu": "10m", "memory": "32Mi"}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (pod(ended(0), ended(0)), ["ok", "ok"]),
        (
            pod(ended(0), ended(10, "INFO a\n2026-01-01T00:00:00Z ERROR r.io refuses the user; check it\n")),
            ["ok", "error from a pod in models: r.io refuses the user; check it (exit code 10)"],
        ),
        (
            pod(ended(137)),
            ["error from a pod in models: Error (exit code 137)", "error it didn't end in time"],
        ),
        (
            pod(waiting("ImagePullBackOff", "Back-off pulling image r.io/i:1: not found"), ended(0)),
            [
                "error the initializer's image can't be pulled: Back-off pulling image r.io/i:1: not found",
                "ok",
            ],
        ),
        (
            pod(waiting("CreateContainerConfigError", 'secret "x" not found'), {"running": {}}),
            ['error secret "x" not found', "error it didn't end in time"],
        ),
        (
            pod(
                conditions=[
                    {"type": "PodScheduled", "status": "False", "message": "0/1 nodes: Insufficient cpu"}
                ]
            ),
            ["error 0/1 nodes: Insufficient cpu"] * 2,
        ),
        ({"kind": "Pod", "status": None}, ["error it didn't end in time"] * 2),
    ],
    ids=case_id,
)
def test_what_is_told_of_its_end(found: Data, expected: list[str]) -> None:
    told = [
        f"{each.result} {each.said.removeprefix('the pod in models didn' + chr(39) + 't run: ')}"
        for each in probe_end.told(found, PLACE, {})
    ]

    assert [each if each.startswith("error") else "ok" for each in told] == expected


class Cluster:
    """An API server that makes a pod, and answers with its states, the last one for ever."""

    def __init__(self, *answers: Data | BaseException) -> None:
        self.asked: list[str] = []
        self._answers = itertools.chain(answers[:-1], itertools.repeat(answers[-1]))

    def __call__(self, method: str, path: str, **_: Any) -> Data:  # noqa: ANN401 - the client's own
        self.asked.append(f"{method} {path.rpartition('/')[2]}")
        answer = next(self._answers) if method == "get" else {"kind": "Pod", "metadata": {"name": "made"}}
        if isinstance(answer, BaseException):
            raise answer
        return answer


FORBIDDEN = Refused({"kind": "Status", "code": 403, "message": "pods is forbidden: cannot get resource"})


@pytest.mark.parametrize(
    "answer", [pod(ended(0), phase="Succeeded"), KeyboardInterrupt(), FORBIDDEN], ids=case_id
)
def test_the_pod_is_removed_in_any_case(answer: Data | BaseException) -> None:
    cluster = Cluster(answer)
    found = intent(service("a", URIS[0]))
    try:
        list(probe.checks(cluster, Inquiry(cluster), found))
    except KeyboardInterrupt:
        assert isinstance(answer, KeyboardInterrupt)

    (name,) = {each.rpartition(" ")[2] for each in cluster.asked if each.startswith("delete ")}
    assert cluster.asked[:2] == ["post pods", f"get {name}"]
    assert cluster.asked[-1] == f"delete {name}"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("pods is forbidden: User x cannot create resource pods", "unknown"),
        ('pods "a" is forbidden: exceeded quota: small', "error"),
    ],
)
def test_a_pod_that_isnt_admitted(message: str, expected: str) -> None:
    def refuses(*_: str, **__: Any) -> Data:  # noqa: ANN401 - the client's own
        raise Refused({"kind": "Status", "code": 403, "message": message})

    (told,) = probe.checks(refuses, Inquiry(refuses), intent(service("a", URIS[0])))

    assert (told.result, told.said) == (expected, f"the pod that asks isn't admitted: {message}")


def test_nothing_to_ask_for_makes_no_pod() -> None:
    cluster = Cluster(pod())

    assert [each.result for each in probe.checks(cluster, Inquiry(cluster), intent())] == ["unknown"]
    assert [each.result for each in probe.checks(cluster, Inquiry(cluster), Intent("models", ()))] == [
        "unknown"
    ]
    assert cluster.asked == []
