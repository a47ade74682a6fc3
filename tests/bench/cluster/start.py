"""One start: from apply to the first answer over HTTP."""

import contextlib
import http.client
import json
import os
import random
import time
from collections.abc import Iterator
from typing import Any

from tests.e2e.kubectl import Kubectl

PORT = 8080
PATIENCE_SECONDS = 600
_LOOK_SECONDS = 0.02
_KUBELET_SECONDS = 1
"""Between two looks of the kubelet (genericPlegRelistPeriod of its pkg/kubelet)."""
_SELECTOR = "serving.kserve.io/inferenceservice"
_ADDRESS = '--output=jsonpath={.status.podIP}{"\\n"}'


class StartError(RuntimeError):
    """The service doesn't answer."""


def seconds(kubectl: Kubectl, service: dict[str, Any], path: str) -> float:
    """Return how long a service takes from apply to its answer to a GET of `path`; any answer, if `path` is empty.

    The pod's own address is asked, as soon as the API server knows it: neither a probe's period nor a service's
    endpoints are in the figure.
    """
    name = service["metadata"]["name"]
    # What the disk has yet to write is nobody's that starts next.
    os.sync()
    # A kubelet looks for containers that have ended once a second. Starts that follow one upon the other would all meet
    # the same moment of that second, and a little more or less work would count as a whole one, or as nothing.
    time.sleep(random.uniform(0, _KUBELET_SECONDS))  # noqa: S311
    began = time.monotonic()
    kubectl.apply(service)
    address = _address(kubectl, name)
    while not _answers(address, path):
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise StartError(f"{name} doesn't answer: {_states(kubectl, name)}")
        time.sleep(_LOOK_SECONDS)
    return time.monotonic() - began


@contextlib.contextmanager
def gone_after(kubectl: Kubectl, service: dict[str, Any]) -> Iterator[None]:
    """Delete the service in the end, and wait until its pod with all its volumes has left the node."""
    name = service["metadata"]["name"]
    try:
        yield
    finally:
        kubectl.run("delete", f"inferenceservice/{name}", "--ignore-not-found", "--wait")
        selector = f"--selector={_SELECTOR}={name}"
        kubectl.run("wait", "--for=delete", "pod", selector, f"--timeout={PATIENCE_SECONDS}s")


def _address(kubectl: Kubectl, name: str) -> str:
    watch = kubectl.start("get", "pods", f"--selector={_SELECTOR}={name}", "--watch", _ADDRESS)
    try:
        for line in watch.stdout or ():
            if line.strip():
                return line.strip()
    finally:
        watch.kill()
        watch.communicate()
    raise StartError(f"{name} has no pod with an address")


def _answers(address: str, path: str) -> bool:
    connection = http.client.HTTPConnection(address, PORT, timeout=5)
    try:
        connection.request("GET", path or "/")
        answer = connection.getresponse()
        answer.read(1)
    except OSError:
        return False
    else:
        return not path or answer.status == http.HTTPStatus.OK
    finally:
        connection.close()


def _states(kubectl: Kubectl, name: str) -> str:
    pods = kubectl.items("pods", f"--selector={_SELECTOR}={name}")
    return json.dumps([pod["status"] for pod in pods])
