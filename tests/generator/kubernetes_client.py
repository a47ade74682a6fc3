"""The command line in a process that has imported it and the Kubernetes client, for an API server of the test's own."""

import atexit
import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.parts.fork_server import Ended, ForkServer


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


PROGRAM = """
import io, os, sys
from kubernetes.config import kube_config
kube_config.KUBE_CONFIG_DEFAULT_LOCATION = os.environ["KUBECONFIG"]  # which is read at the import
sys.stdin = io.TextIOWrapper(io.BytesIO(os.environ.pop("STDIN").encode()))
from kitserve.cli import main
main()
"""


@cache
def client() -> ForkServer:
    """A Python that has imported the client and the command, which takes two seconds."""
    server = ForkServer("tests.generator.cluster_command", {})
    atexit.register(server.close)
    return server


def run(folder: Path, config: str, *words: str, stdin: str = "") -> Ended:
    """Run `kitserve` with a kubeconfig, which is written into the folder."""
    file = folder / "config"
    file.write_text(config)
    return client().run(words, {"KUBECONFIG": str(file), "STDIN": stdin}, PROGRAM)
