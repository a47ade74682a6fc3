"""`kitserve status` with an API server on loopback that has recorded objects; real clusters "
"are in tests/e2e."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.generator.kubernetes_client import PROGRAM, client, kubeconfig
from tests.generator.serving.api_server import serving
from tests.generator.serving.recording import Recording
from tests.parts.fork_server import Ended

URI = "kit://registry.example.com/models/{}:v1"
DIGEST = f"sha256:{'a' * 64}"
QUICK = f"from kitserve.cli.terminal import waiting; waiting._PAUSE_SECONDS = waiting._SURE_SECONDS = 0.05\n{PROGRAM}"


def service(name: str, *, ready: bool, namespace: str = "default") -> dict[str, Any]:
    return {
        "kind": "InferenceService",
        "metadata": {"name": name, "namespace": namespace, "uid": f"service-{name}"},
        "spec": {"predictor": {"model": {"storageUri": URI.format(name)}}},
        "status": {"conditions": [{"type": "Ready", "status": str(ready)}]},
    }


def pod(
    name: str, state: dict[str, Any], *, ready: bool = False, namespace: str = "default"
) -> dict[str, Any]:
    initializer = {
        "name": "storage-initializer",
        "image": "registry.example.com/kitserve-initializer:v1",
        "args": [URI.format(name), "/mnt/models"],
    }
    server = {
        "name": "kserve-container",
        "ready": ready,
        "state": {"running": {}} if ready else {"waiting": {}},
    }
    return {
        "kind": "Pod",
        "metadata": {
            "name": f"{name}-predictor",
            "namespace": namespace,
            "uid": f"pod-{name}",
            "labels": {"serving.kserve.io/inferenceservice": name, "pod-template-hash": "1"},
        },
        "spec": {
            "nodeName": "node",
            "initContainers": [initializer],
            "containers": [{"name": "kserve-container", "image": "server"}],
        },
        "status": {
            "conditions": [{"type": "Ready", "status": str(ready)}],
            "initContainerStatuses": [{"name": "storage-initializer", "state": state}],
            "containerStatuses": [server],
        },
    }


def log(name: str, *lines: str) -> dict[str, str]:
    head = f"{URI.format(name)} is {DIGEST}, credentials: none, filters: none, layout: kit"
    said = "".join(f"2026-01-01T00:00:00Z INFO {line}\n" for line in (head, *lines))
    return {f"default/{name}-predictor/storage-initializer": said}


READY = (service("iris", ready=True), pod("iris", {"terminated": {"exitCode": 0}}, ready=True))
LOADING = (service("iris", ready=False), pod("iris", {"running": {}}))
HALF = "1.0 GiB of 2.0 GiB (50%), 100.0 MiB/s, 10 s left"
ENDED = {
    "exitCode": 12,
    "message": "no such tag; check the repository and the tag, and that the ModelKit was pushed",
}
FAILED = (service("iris", ready=False), pod("iris", {"terminated": ENDED}))


def status(tmp_path: Path, host: str, *arguments: str) -> Ended:
    file = tmp_path / "config"
    file.write_text(kubeconfig(host))
    return client().run(["status", *arguments], {"KUBECONFIG": str(file), "STDIN": ""}, QUICK)


def test_a_table_shows_state_model_and_digest(tmp_path: Path) -> None:
    with serving(Recording(READY, log("iris"))) as (host, _):
        ran = status(tmp_path, host)

    assert (ran.code, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == [
        "NAMESPACE  NAME  STATE  MODEL                                      DIGEST",
        f"default    iris  ready  {URI.format('iris')}  {DIGEST[:19]}",
    ]


def test_what_fails_has_its_cause_and_the_run_fails_too(tmp_path: Path) -> None:
    other = (service("chat", ready=True), pod("chat", {"terminated": {"exitCode": 0}}, ready=True))
    with serving(Recording((*FAILED, *other), {})) as (host, _):
        ran = status(tmp_path, host)

    assert ran.code == 1
    assert ran.stdout.splitlines()[2:] == [
        f"default    iris  failed  {URI.format('iris')}",
        "  cause: the initializer ended (exit code 12, NotFound): no such tag",
        "  hint: check the repository and the tag, and that the ModelKit was pushed",
    ]
    assert ran.stderr == "error: iris is not ready: the cause is above\n"


def test_json_has_every_member_that_the_page_names(tmp_path: Path) -> None:
    with serving(Recording(LOADING, log("iris", HALF))) as (host, _):
        ran = status(tmp_path, host, "-o", "json")

    assert ran.code == 0
    assert json.loads(ran.stdout) == [
        {
            "namespace": "default",
            "name": "iris",
            "kind": "InferenceService",
            "state": "loading",
            "serving": False,
            "models": [{"uri": URI.format("iris"), "delivery": "initializer", "digest": DIGEST}],
            "detail": HALF,
            "percent": 50,
            "cause": "",
            "hint": "",
            "final": False,
            "exit_code": None,
            "pod": "iris-predictor",
        }
    ]


def later(change: Callable[[], None], asked: list[str], looks: int) -> threading.Thread:
    """Change what the server says once it was asked for pods so often."""

    def wait() -> None:
        end = time.monotonic() + 60
        while sum("/pods?" in each for each in asked) < looks and time.monotonic() < end:
            time.sleep(0.01)
        change()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("objects", "code", "last"),
    [(READY, 0, "default/iris: ready"), (FAILED, 1, "error: iris is not ready: the cause is above")],
    ids=["ready", "failed"],
)
def test_waiting_ends_with_what_becomes_of_it(
    tmp_path: Path, objects: tuple[dict[str, Any], ...], code: int, last: str
) -> None:
    with serving(Recording(LOADING, log("iris", HALF))) as (host, server):

        def change() -> None:
            server.recording = Recording(objects, log("iris", HALF))

        thread = later(change, server.asked, 3)
        ran = status(tmp_path, host, "iris", "--wait")
        thread.join()

    assert ran.code == code
    first, *_ = lines = ran.stderr.splitlines()
    assert first == f"default/iris: loading, {HALF}"
    assert lines.count(first) == 1
    assert lines[-1] == last


def test_the_time_is_up(tmp_path: Path) -> None:
    with serving(Recording(LOADING, log("iris", HALF))) as (host, _):
        ran = status(tmp_path, host, "iris", "--wait", "--timeout", "1s")

    assert ran.code == 5
    assert ran.stderr.splitlines()[-1] == "error: the time is up, and iris is not ready"
    assert f"  progress: {HALF}" in ran.stdout


def test_a_server_that_is_away_for_a_while_is_asked_again(tmp_path: Path) -> None:
    with serving(Recording(LOADING, log("iris", HALF))) as (host, server):

        def go() -> None:
            server.refused = {"inferenceservices": 503}
            end = time.monotonic() + 60
            known = len(server.asked)
            while len(server.asked) < known + 3 and time.monotonic() < end:
                time.sleep(0.01)
            server.recording, server.refused = Recording(READY, log("iris")), {}

        thread = later(go, server.asked, 1)
        ran = status(tmp_path, host, "iris", "--wait")
        thread.join()

    assert ran.code == 0, ran.stderr


@pytest.mark.parametrize(
    ("refused", "code", "told"),
    [
        ({"pods": 403}, 0, ["not read: pods is forbidden"]),
        ({"log": 403}, 0, ["not read: pods is forbidden: cannot get resource pods/log"]),
        (
            {"events": 403, "replicasets": 403},
            0,
            ["not read: replicasets is forbidden", "not read: events is"],
        ),
        (
            {"inferenceservices": 403, "llminferenceservices": 403},
            4,
            ["error: inferenceservices is forbidden"],
        ),
        (
            {"inferenceservices": 404, "llminferenceservices": 404},
            5,
            ["error: the cluster has no InferenceS"],
        ),
        ({"pods": 500}, 4, ["error: "]),
    ],
    ids=str,
)
def test_what_may_not_be_read_is_told_once(
    tmp_path: Path, refused: dict[str, int], code: int, told: list[str]
) -> None:
    with serving(Recording(LOADING, log("iris", HALF)), refused) as (host, _):
        ran = status(tmp_path, host)

    assert ran.code == code, ran.stderr
    lines = [each for each in ran.stderr.splitlines() if not each.startswith("  hint")]
    assert len(lines) == len(told)
    assert [line.startswith(start) for line, start in zip(lines, told, strict=True)] == [True] * len(told)


def test_long_lists_are_read_by_page(tmp_path: Path) -> None:
    many = [service(f"iris-{number}", ready=False) for number in range(7)]
    with serving(Recording(tuple(many), {}), page=3) as (host, server):
        ran = status(tmp_path, host)

    assert len(ran.stdout.splitlines()) == 1 + 2 * len(many)
    assert sum("continue=" in each for each in server.asked) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no service in the namespace default gets a ModelKit"),
        (["-n", "models"], "no service in the namespace models gets a ModelKit"),
        (["-A"], "no service in any namespace gets a ModelKit"),
        (["iris"], "there is no service iris in the namespace default"),
        (["other"], "the service other in the namespace default gets no ModelKit"),
    ],
    ids=["the context's", "one", "all", "a name", "without ModelKit"],
)
def test_nothing_to_look_at_is_told(tmp_path: Path, arguments: list[str], said: str) -> None:
    other = service("other", ready=True)
    other["spec"]["predictor"]["model"]["storageUri"] = "s3://bucket/model"
    with serving(Recording((other,), {})) as (host, _):
        ran = status(tmp_path, host, *arguments)

    assert ran.code == 5
    assert ran.stdout == ""
    assert ran.stderr.startswith(f"error: {said}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["-A", "-n", "models"],
        ["--timeout", "10"],
        ["--timeout", ""],
        ["--timeout", "5d"],
        ["Iris"],
        ["../pods"],
        ["a/b"],
        ["-n", "a/../b"],
        ["-n", "a?b"],
    ],
    ids=" ".join,
)
def test_what_cant_be_meant_is_refused_before_anything_is_asked(tmp_path: Path, arguments: list[str]) -> None:
    with serving(Recording((), {})) as (host, server):
        ran = status(tmp_path, host, *arguments)

    assert (ran.code, server.asked) == (2, [])
