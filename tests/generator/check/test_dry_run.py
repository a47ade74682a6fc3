"""`kitserve validate --cluster` where no cluster answers; what one answers is in tests/e2e."""

import json
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from kitserve.check.dry_run import path_of

SERVICE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: iris}
spec: {predictor: {model: {modelFormat: {name: sklearn}, storageUri: 'kit://registry.example.com/iris:v1'}}}
"""


def kubeconfig(server: str) -> str:
    """JSON is YAML: a login that no message may repeat, to a server."""
    config: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "a", "cluster": {"server": server}}],
        "users": [{"name": "a", "user": {"token": "s3cr3t-t0ken"}}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
        "current-context": "a",
    }
    return json.dumps(config)


def ask(
    tmp_path: Path, config: str, *arguments: str, before: str = "pass"
) -> subprocess.CompletedProcess[str]:
    """What the command says, in a process of its own: the client reads its environment when it is imported."""
    file = tmp_path / "config"
    file.write_text(config)
    program = f"import sys; {before}; from kitserve.cli import main; main()"
    command = [sys.executable, "-c", program, "validate", "--cluster", *arguments, "-"]
    return subprocess.run(
        command, env={"KUBECONFIG": str(file)}, input=SERVICE, capture_output=True, text=True, check=False
    )


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = f"http://127.0.0.1:{taken.getsockname()[1]}"
    asked = ask(tmp_path, kubeconfig(server))

    assert asked.returncode == 4
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

    assert asked.returncode == 4, asked.stderr
    assert asked.stderr.startswith(f"error: {host} {said}\n  hint: ")


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

    assert asked.returncode == 4
    assert asked.stderr.startswith("error: the kubeconfig can't be used: ")
    assert said in asked.stderr
    assert asked.stderr.count("\n") == 2


def test_without_the_client(tmp_path: Path) -> None:
    asked = ask(tmp_path, "", before="sys.modules['kubernetes'] = None")

    assert asked.returncode == 4
    assert asked.stderr == (
        "error: --cluster needs the Kubernetes client, which isn't installed\n"
        "  hint: pip install 'kitserve[cluster]'\n"
    )


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("spec.predictor.model.env[0].name", ("spec", "predictor", "model", "env", 0, "name")),
        ("metadata.labels[a.b/c]", ("metadata", "labels", "a.b/c")),
        ('data["a.b"]', ("data", "a.b")),
        ("<nil>", ("<nil>",)),
        ("", ()),
    ],
)
def test_a_field_is_a_path(field: str, path: tuple[str | int, ...]) -> None:
    assert path_of(field) == path
