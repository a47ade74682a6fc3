"""What the shell completes."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from kitserve.check.codes import CODES
from kitserve.crds import structures

from tests.generator.kubernetes_client import kubeconfig

KUBECONFIG = """\
apiVersion: v1
kind: Config
contexts:
  - {name: production, context: {cluster: a, user: b}}
  - {name: staging, context: {cluster: a, user: b}}
"""


def completed(line: str, folder: Path) -> set[str]:
    """What bash is offered for the last word of a line."""
    words = line.split(" ")
    environment = {
        **os.environ,
        "KUBECONFIG": str(folder / "kubeconfig"),
        "_KITSERVE_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    command = [str(Path(sys.executable).with_name("kitserve"))]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return {*ran.stdout.split()}


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("kitserve vali", {"validate"}),
        (
            "kitserve validate --kserve-version 0.1",
            {each for each in structures.versions() if each.startswith("0.1")},
        ),
        ("kitserve validate --context prod", {"production"}),
        ("kitserve explain KS20", {each.code for each in CODES if each.code.startswith("KS20")}),
        ("kitserve explain clusterStorageContainer.n", {"clusterStorageContainer.name"}),
        (
            "kitserve explain inferenceServices.NAME.predictor.autoScaling",
            {
                f"inferenceServices.NAME.predictor.autoScaling{below}"
                for below in ("", ".behavior", ".metrics")
            },
        ),
    ],
)
def test_what_is_known_is_offered(line: str, offered: set[str], tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)

    assert completed(line, tmp_path) == offered


def test_a_kubeconfig_that_cannot_be_read_offers_nothing(tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text("contexts: [{name: 1}, x\n")

    assert completed("kitserve validate --context a", tmp_path) == set()


class Namespaces(BaseHTTPRequestHandler):
    """An API server that has two namespaces."""

    def do_GET(self) -> None:
        names = ("models", "monitoring") if self.path.startswith("/api/v1/namespaces?") else ()
        items = [{"metadata": {"name": name}} for name in names]
        body = json.dumps({"kind": "NamespaceList", "metadata": {}, "items": items}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Nobody reads it."""


@pytest.mark.parametrize("command", ["status", "doctor", "diff"])
def test_the_clusters_namespaces_are_offered(command: str, tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Namespaces) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (tmp_path / "kubeconfig").write_text(kubeconfig(f"http://127.0.0.1:{server.server_port}"))
        offered = completed(f"kitserve {command} --context a -n mod", tmp_path)
        server.shutdown()

    assert offered == {"models"}


def test_a_cluster_that_does_not_answer_offers_nothing(tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text(kubeconfig("http://127.0.0.1:9"))

    assert completed("kitserve status -n a", tmp_path) == set()
