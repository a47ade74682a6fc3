"""Two verdicts on objects: kitserve's, and the cluster's own, its webhooks' included."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import urllib3
from kitserve.check import object_rules
from kitserve.crds import validate

from tests.e2e.kubectl import Kubectl
from tests.e2e.versions import minor

CREATED, NOT_FOUND, SERVER_ERROR = 201, 404, 500
QUERY = "dryRun=All&fieldValidation=Strict"


def codes(*sent: dict[str, Any]) -> list[str]:
    """The codes of all that kitserve says of these objects, each by itself and all together."""
    version = minor()
    alone = [
        problem
        for each in sent
        for problem in (*validate.check(each, version), *object_rules.check_object(each, version))
    ]
    together = [problem for _, problem in object_rules.check_together(list(sent), version)]
    return sorted(problem.code for problem in (*alone, *together))


def refusals(*sent: dict[str, Any]) -> list[str]:
    """The codes by which kitserve says that a cluster refuses them."""
    return [code for code in codes(*sent) if code.startswith("KS2")]


@dataclass
class DryRun:
    """Asks what would become of objects: what `kubectl create --dry-run=server` asks, without its start each time."""

    url: str
    namespace: str
    http: urllib3.PoolManager = field(default_factory=urllib3.PoolManager)

    def refuses(self, sent: dict[str, Any]) -> str:
        """The API server's reason for refusing the object, "" if it takes it; nothing is stored."""
        status, answer = self._create(sent)
        if status == CREATED:
            return ""
        reason: str = answer["message"]
        # A webhook of KServe's that panics denies with 500 too.
        assert status < SERVER_ERROR or "denied the request" in reason, reason
        return reason

    def stored(self, sent: dict[str, Any]) -> dict[str, Any]:
        """The object as it would be stored, with what defaults and webhooks make of it."""
        status, answer = self._create(sent)
        assert status == CREATED, answer
        return answer

    def _create(self, sent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        place = self._place(sent["apiVersion"], sent["kind"])
        if not place:
            return NOT_FOUND, {"message": "no such kind"}
        headers = {"Content-Type": "application/json"}
        url = f"{self.url}{place}?{QUERY}"
        answer = self.http.request("POST", url, body=json.dumps(sent), headers=headers)
        return answer.status, answer.json()

    def _place(self, version: str, kind: str) -> str:
        """The collection that objects of a kind are created in; "" if there is none."""
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        answer = self.http.request("GET", f"{self.url}{root}")
        if answer.status == NOT_FOUND:
            return ""
        known = {each["kind"]: each for each in answer.json()["resources"] if "/" not in each["name"]}
        if kind not in known:
            return ""
        within = f"/namespaces/{self.namespace}" if known[kind]["namespaced"] else ""
        return f"{root}{within}/{known[kind]['name']}"


@contextmanager
def dry_run(kubectl: Kubectl) -> Iterator[DryRun]:
    """Through `kubectl proxy`, which has the cluster's credentials."""
    with kubectl.start("proxy", "--port=0") as proxy:
        try:
            assert proxy.stdout
            address = proxy.stdout.readline().split()[-1]
            yield DryRun(f"http://{address}", kubectl.namespace)
        finally:
            proxy.terminate()
