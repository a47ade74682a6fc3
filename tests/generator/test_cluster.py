"""`kitserve validate --cluster` where no cluster answers; what one answers is in tests/e2e."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kitserve.cluster import path_of

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
        "error: asking a cluster takes the Kubernetes client, which isn't installed\n"
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
