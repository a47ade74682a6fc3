"""kube-state-metrics, run beside a test on the pods of its namespace."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.kubectl import Kubectl
from tests.e2e.processes import answers, free_port, wait_until
from tests.parts.process import Process
from tests.parts.tools import tool

HOST = "127.0.0.1"


@contextmanager
def kube_state_metrics(kubectl: Kubectl) -> Iterator[str]:
    """Its address, as long as the block lasts."""
    port = free_port(HOST)
    command = [
        str(tool("kube-state-metrics")),
        f"--kubeconfig={kubectl.kubeconfig}",
        f"--namespaces={kubectl.namespace}",
        "--resources=pods",
        *(f"--{name}={HOST}" for name in ("host", "telemetry-host")),
        f"--port={port}",
        f"--telemetry-port={free_port(HOST)}",
    ]
    with Process(command) as process:
        try:
            wait_until(
                lambda: answers(f"http://{HOST}:{port}/healthz"),
                "kube-state-metrics did not get ready",
                lambda: process.poll() is not None,
            )
            yield f"{HOST}:{port}"
        finally:
            process.terminate()


def scraped(address: str) -> str:
    """What a Prometheus gets there."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=30) as answer:
        text: str = answer.read().decode()
    return text
