"""`kitserve doctor` against an API server on loopback that answers as a real one did."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.generator.doctor.recorded import NAMESPACE, Answers, answers, key, release
from tests.generator.kubernetes_client import PROGRAM, client, kubeconfig
from tests.parts.fork_server import Ended
from tests.parts.registry import Registry


class ApiServer(BaseHTTPRequestHandler):
    """Answers from a recording, and writes down what it is asked, with what is accepted."""

    answers: ClassVar[Answers]
    asked: ClassVar[list[tuple[str, str]]]

    def do_GET(self) -> None:
        self._answer("get")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer("post")

    def _answer(self, method: str) -> None:
        accept = self.headers.get("Accept", "")
        self.asked.append((f"{method} {self.path}", accept))
        options = {"header_params": {"Accept": accept}}
        found: Any = self.answers.get(key((method, self.path.partition("?")[0]), options), 404)
        body = found if isinstance(found, dict) else {"kind": "Status", "code": found}
        content = json.dumps(body).encode()
        self.send_response(body.get("code", 200) if body.get("kind") == "Status" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(found: Answers) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    asked: list[tuple[str, str]] = []
    handler = type("Answering", (ApiServer,), {"answers": found, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def run(tmp_path: Path, server: str, values: dict[str, Any] | None, *options: str) -> Ended:
    (tmp_path / "config").write_text(kubeconfig(server))
    given = ["-f", "-"] if values is not None else []
    variables = {
        "KUBECONFIG": str(tmp_path / "config"),
        "HOME": str(tmp_path),
        "STDIN": json.dumps(values or {}),
    }
    return client().run(["doctor", *given, "-n", NAMESPACE, *options], variables, PROGRAM)


def test_a_table_by_concern_and_what_was_asked_for_it(registry: Registry, tmp_path: Path) -> None:
    with serving(answers()) as (server, asked):
        ran = run(tmp_path, server, release(registry.host))

    assert (ran.code, ran.stderr.splitlines()[-1].partition(": ")[2]) == (0, "all ok"), (
        ran.stdout + ran.stderr
    )
    assert ran.stdout.startswith("KServe\n  ok         Kubernetes")
    assert "s3cr3t" not in ran.stdout + ran.stderr
    changing = [request for request, _ in asked if not request.startswith("get ")]
    assert changing == [f"post /api/v1/namespaces/{NAMESPACE}/pods?dryRun=All&fieldManager=kitserve"]
    secrets = [accept for request, accept in asked if "/secrets/" in request]
    assert secrets
    assert all("PartialObjectMetadata" in accept for accept in secrets)


def test_programs_read_json_and_the_exit_code(registry: Registry, tmp_path: Path) -> None:
    values = release(registry.host)
    values["inferenceServices"]["iris"]["runtime"] = "nobody"
    with serving(answers()) as (server, _):
        ran = run(tmp_path, server, values, "-o", "json")

    found = [each for each in json.loads(ran.stdout) if each["result"] != "ok"]
    assert ran.code == 1
    assert [(each["about"], each["message"]) for each in found] == [
        (f"{NAMESPACE}/iris: runtime", "the cluster has no runtime nobody")
    ]
    assert ran.stderr.splitlines()[-1].startswith("error: ")


def test_values_with_problems_ask_no_cluster(tmp_path: Path) -> None:
    with serving(answers()) as (server, asked):
        ran = run(tmp_path, server, {"imagee": {}})

    assert (ran.code, ran.stdout, asked) == (1, "", [])


@pytest.mark.parametrize("options", [(), ("--context", "nowhere")], ids=["no server", "no context"])
def test_a_cluster_that_cannot_be_asked(tmp_path: Path, options: tuple[str, ...]) -> None:
    ran = run(tmp_path, "http://127.0.0.1:1", None, *options)

    assert (ran.code, ran.stdout) == (4, "")
    assert ran.stderr.startswith("error: ")


def test_a_server_that_is_lost_on_the_way_is_waited_for_once(registry: Registry, tmp_path: Path) -> None:
    found: Answers = {"get /version": answers()["get /version"]}
    found |= {name: 503 for name in answers() if name.startswith("get ") and name not in found}
    with serving(found) as (server, asked):
        ran = run(tmp_path, server, release(registry.host), "-o", "json")

    assert ran.code == 0, ran.stderr
    assert "can't answer now (503)" in ran.stdout
    assert len({request for request, _ in asked}) <= 3
