"""Requests to what Knative serves: by a service's own host, through the ingress."""

import hashlib
import json
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.inference import FLOWERS
from tests.e2e.kubectl import Kubectl
from tests.e2e.layout import NODE_IP

SECONDS = 120


def ask(kubectl: Kubectl, resource: str, path: str, document: dict[str, Any] | None = None) -> str:
    """What the URL in a resource's status answers to a GET, or a POST of a document.

    Raises:
        HTTPError: it answers with an error for two minutes.
    """
    host = urlsplit(kubectl.get(resource)["status"]["url"]).netloc
    body = json.dumps(document).encode() if document else None
    headers = {"Host": host, "Content-Type": "application/json"}
    request = urllib.request.Request(f"http://{NODE_IP}{path}", body, headers)
    end = time.monotonic() + SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def hundred(kubectl: Kubectl, resource: str, path: str, words: str) -> list[str]:
    """The answers to a hundred requests, once there was one with the words: then the ingress has the shares."""
    end = time.monotonic() + SECONDS
    while words not in ask(kubectl, resource, path):
        assert time.monotonic() < end, f"nothing answers {words!r}"
    return [ask(kubectl, resource, path) for _ in range(100)]


def digest(kubectl: Kubectl, name: str, path: str) -> str:
    """The sha256 (hex) of a text file in a service's model."""
    return hashlib.sha256(ask(kubectl, f"inferenceservice/{name}", path).encode()).hexdigest()


def predict(kubectl: Kubectl, name: str) -> list[int]:
    """The classes that a service gives the two flowers."""
    inputs = {"name": "flowers", "shape": [2, 4], "datatype": "FP64", "data": FLOWERS}
    answer = ask(kubectl, f"inferenceservice/{name}", f"/v2/models/{name}/infer", {"inputs": [inputs]})
    classes: list[int] = json.loads(answer)["outputs"][0]["data"]
    return classes
