"""`kitserve validate --cluster` where no cluster answers; what one answers is in tests/e2e."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from kitserve.check.dry_run import path_of

from tests.generator.kubernetes_client import kubeconfig, run
from tests.parts.fork_server import Ended

SERVICE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: iris}
spec: {predictor: {model: {modelFormat: {name: sklearn}, storageUri: 'kit://registry.example.com/iris:v1'}}}
"""


def ask(tmp_path: Path, config: str, *arguments: str, manifest: str = SERVICE) -> Ended:
    """What the command says, in a process of its own."""
    return run(tmp_path, config, "validate", "--cluster", *arguments, "-", stdin=manifest)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = f"http://127.0.0.1:{taken.getsockname()[1]}"
    asked = ask(tmp_path, kubeconfig(server))

    assert asked.code == 4
    assert asked.stderr.startswith(
        f"error: {server} doesn't answer: [Errno 111] Connection refused\n  hint: "
    )
    assert "s3cr3t" not in asked.stderr


class Answers(BaseHTTPRequestHandler):
    """What stands where an API server should."""

    status, body = 200, b""

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"<html>welcome</html>", "doesn't answer as an API server does"),
        (200, b"[]", "doesn't answer as an API server does"),
        (500, b"oops", "doesn't answer as an API server does"),
        (401, b"", "refuses the login (401)"),
        (503, b"<html>later</html>", "can't answer now (503)"),
        (429, b'{"kind": "Status", "code": 429, "message": "too many requests"}', "can't answer now (429)"),
    ],
)
def test_what_says_nothing_of_the_object_is_no_refusal(
    tmp_path: Path, status: int, body: bytes, said: str
) -> None:
    answers = type("Answering", (Answers,), {"status": status, "body": body})
    with ThreadingHTTPServer(("127.0.0.1", 0), answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"http://127.0.0.1:{server.server_port}"
        asked = ask(tmp_path, kubeconfig(host))
        server.shutdown()

    assert asked.code == 4, asked.stderr
    assert asked.stderr.startswith(f"error: {host} {said}\n  hint: ")


class Recording(BaseHTTPRequestHandler):
    """An API server that has every kind of the objects below, admits them all, and writes down what it is asked."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        kinds = [
            {"name": "widgets", "kind": "Widget", "namespaced": True},
            {"name": "gadgets", "kind": "Gadget", "namespaced": False},
            {"name": "inferenceservices", "kind": "InferenceService", "namespaced": True},
            {"name": "services/proxy", "kind": "ServiceProxyOptions", "namespaced": True},
            {"name": "..", "kind": "Up", "namespaced": False},
            {"kind": "Nameless", "namespaced": False},
        ]
        data = {"storageInitializer": '{"enableModelcar": false}'}
        self._answer({"kind": "APIResourceList", "resources": kinds, "data": data})

    def do_PATCH(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer({"kind": "Widget"})

    def _answer(self, body: dict[str, Any]) -> None:
        self.asked.append(f"{self.command} {self.path}")
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def recording() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and what it is asked."""
    asked: list[str] = []
    handler = type("Asked", (Recording,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def widget(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    metadata = {"name": "a", "namespace": "team"} | changed.pop("metadata", {})
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": metadata} | changed


MISLEADING: dict[str, tuple[Any, ...]] = {
    "apiVersion": (
        *("x/../../api/v1/namespaces/team/services/a/proxy", "..", "../v1", "v1/namespaces/team/pods"),
        *("example.com/v1/", "/v1", "example.com//v1", "example.com%2Fv1/x", "%2e%2e/v1"),
        *("example.com/v1?dryRun=None", "example.com/v1#", "example.com/v1\n", "example.com/v 1"),
        *("example.com/v1;a=b", "example.com\\v1", "Example.com/v1", "", "a" * 400 + "/v1"),
    ),
    "name": ("..", ".", "a/../b", "a/proxy", "a%2f..", "a?x", "a#", "a\r\nb", "\0", "é", "", None, 1, []),
    "namespace": ("..", "a/b", "%2e%2e", "a?dryRun=", "a#b", "a\tb", 1, {"a": "b"}),
}


def misled(field: str, value: object) -> tuple[str, dict[str, Any]]:
    """A path as it is told, and an object that has a value there."""
    if field == "apiVersion":
        return field, widget(apiVersion=value)
    return f"metadata.{field}", widget(metadata={field: value})


def test_no_field_leads_a_request_to_another_path(tmp_path: Path) -> None:
    cases = [misled(field, value) for field, values in MISLEADING.items() for value in values]
    manifest = "".join(f"---\n{json.dumps(item)}\n" for _, item in cases)

    with recording() as (host, asked):
        ran = ask(tmp_path, kubeconfig(host), manifest=manifest)

    assert ran.code == 1, ran.stderr
    told = re.findall(
        r"^<stdin>:(\d+):\d+: error\[KS299\] (\S+): isn't asked about", ran.stderr, re.MULTILINE
    )
    assert told == [(str(2 * number), field) for number, (field, _) in enumerate(cases, start=1)]
    assert asked == []


@pytest.mark.parametrize(
    ("item", "path"),
    [
        (widget(), "/apis/example.com/v1/namespaces/team/widgets/a"),
        (widget(apiVersion="v1"), "/api/v1/namespaces/team/widgets/a"),
        (widget(metadata={"namespace": None}), "/apis/example.com/v1/namespaces/default/widgets/a"),
        (widget(kind="Gadget", metadata={"name": "system:a.b"}), "/apis/example.com/v1/gadgets/system:a.b"),
    ],
    ids=["group", "core", "namespace of the context", "colon"],
)
def test_each_object_is_asked_about_at_its_own_path_as_a_dry_run(
    item: dict[str, Any], path: str, tmp_path: Path
) -> None:
    with recording() as (host, asked):
        ran = ask(tmp_path, kubeconfig(host), manifest=json.dumps(item))

    assert ran.code == 0, ran.stderr
    query = "dryRun=All&fieldManager=kitserve&force=True"
    assert asked == [
        f"GET {path.partition('/namespaces')[0].partition('/gadgets')[0]}",
        f"PATCH {path}?{query}",
    ]


def test_a_service_with_an_image_has_kserves_settings_looked_at(tmp_path: Path) -> None:
    manifest = SERVICE.replace(
        "kit://registry.example.com/iris:v1", f"oci+native://r.io/iris@sha256:{'0' * 64}"
    )
    with recording() as (host, asked):
        ran = ask(tmp_path, kubeconfig(host), manifest=manifest)

    assert ran.code == 1
    assert (
        "<stdin>:4:58: error[KS197] spec.predictor.model.storageUri: this cluster's KServe mounts no"
        in ran.stderr
    )
    assert asked[-1] == "GET /api/v1/namespaces/kserve/configmaps/inferenceservice-config"


@pytest.mark.parametrize("kind", ["ServiceProxyOptions", "Up", "Nameless"])
def test_what_isnt_a_kind_of_objects_is_never_patched(kind: str, tmp_path: Path) -> None:
    with recording() as (host, asked):
        ran = ask(tmp_path, kubeconfig(host), manifest=json.dumps(widget(kind=kind)))

    assert f"the cluster has no {kind} of example.com/v1" in ran.stderr
    assert [each for each in asked if not each.startswith("GET ")] == []


@pytest.mark.parametrize("metadata", [[1], "a", 7, {"name": {"a": 1}}], ids=str)
def test_metadata_of_any_shape_is_told(metadata: object, tmp_path: Path) -> None:
    with recording() as (host, asked):
        ran = ask(tmp_path, kubeconfig(host), manifest=json.dumps(widget() | {"metadata": metadata}))

    assert (ran.code, asked) == (1, [])
    assert "Traceback" not in ran.stderr


def test_a_context_that_is_named_needs_no_current_one(tmp_path: Path) -> None:
    config = json.loads(kubeconfig("http://127.0.0.1:1"))
    del config["current-context"]

    assert "doesn't answer" in ask(tmp_path, json.dumps(config), "--context", "a").stderr
    assert "current-context" in ask(tmp_path, json.dumps(config)).stderr


@pytest.mark.parametrize(
    ("config", "arguments", "said"),
    [
        ("", (), "is empty"),
        ("a: [", (), "while parsing a flow node"),
        (kubeconfig("http://127.0.0.1:1"), ("--context", "other"), "other"),
    ],
    ids=["empty", "broken", "another context"],
)
def test_a_kubeconfig_that_says_nothing(
    tmp_path: Path, config: str, arguments: tuple[str, ...], said: str
) -> None:
    asked = ask(tmp_path, config, *arguments)

    assert asked.code == 4
    assert asked.stderr.startswith("error: the kubeconfig can't be used: ")
    assert said in asked.stderr
    assert asked.stderr.count("\n") == 2


@pytest.mark.parametrize("variable", ["", "nosuch.yaml"])
def test_without_a_kubeconfig(tmp_path: Path, variable: str) -> None:
    command = [sys.executable, "-m", "kitserve", "validate", "--cluster", "-"]
    environment = {**os.environ, "HOME": str(tmp_path), "KUBECONFIG": variable}
    asked = subprocess.run(
        command, env=environment, input=SERVICE, capture_output=True, text=True, check=False
    )

    assert asked.returncode == 4
    assert asked.stderr.startswith(f"error: there is no kubeconfig: {variable or '~/.kube/config'}")
    assert "  hint: set KUBECONFIG" in asked.stderr


def test_without_the_client() -> None:
    program = "import sys; sys.modules['kubernetes'] = None; from kitserve.cli import main; main()"
    command = [sys.executable, "-c", program, "validate", "--cluster", "-"]
    asked = subprocess.run(command, env={}, input=SERVICE, capture_output=True, text=True, check=False)

    assert asked.returncode == 4
    assert asked.stderr == (
        "error: asking a cluster needs the Kubernetes client, which isn't installed\n"
        "  hint: pip install 'kitserve[cluster]'\n"
    )


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("spec.predictor.model.env[0].name", ("spec", "predictor", "model", "env", 0, "name")),
        ("metadata.labels[a.b/c]", ("metadata", "labels", "a.b/c")),
        ('data["a.b"]', ("data", "a.b")),
        ("<nil>", ("<nil>",)),
        ("spec.a[]", ("spec", "a", "")),
        (f"spec.a[{'1' * 5000}]", ("spec", "a", "1" * 5000)),
        ("", ()),
    ],
)
def test_a_field_is_a_path(field: str, path: tuple[str | int, ...]) -> None:
    assert path_of(field) == path
