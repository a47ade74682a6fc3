"""Asks the cluster, as users do: through kubectl."""

import json
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ENDPOINT_SECONDS = 180


class KubectlError(RuntimeError):
    """kubectl failed; the message is what it wrote to standard error."""


@dataclass(frozen=True)
class Kubectl:
    """kubectl with a cluster and a namespace."""

    kubeconfig: Path
    namespace: str = "default"

    def run(self, *arguments: str, stdin: str = "") -> str:
        """Standard output of a command.

        Raises:
            KubectlError: the cluster refused, or a wait took too long.
        """
        command = self._command(arguments)
        ran = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise KubectlError(ran.stderr or ran.stdout)
        return ran.stdout

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that goes on until the caller ends it, with its standard output."""
        return subprocess.Popen(self._command(arguments), stdout=subprocess.PIPE, text=True)

    def within(self, namespace: str) -> "Kubectl":
        """The same for another namespace."""
        return replace(self, namespace=namespace)

    def apply(self, *objects: dict[str, Any]) -> None:
        """Create or update objects."""
        self.run("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))

    def get(self, resource: str, *arguments: str) -> dict[str, Any]:
        """An object (`kind/name`), or a List of them (`kind`)."""
        document: dict[str, Any] = json.loads(self.run("get", resource, *arguments, "--output=json"))
        return document

    def items(self, kind: str, *arguments: str) -> list[dict[str, Any]]:
        """The objects of a kind."""
        found: list[dict[str, Any]] = self.get(kind, *arguments)["items"]
        return found

    def everything(self, selector: str) -> str:
        """Names of all objects that have the labels, in any namespace."""
        kinds = self.run("api-resources", "--verbs=list", "--output=name").split()
        return self.run("get", ",".join(kinds), "--all-namespaces", "--selector", selector, "--output=name")

    def wait(self, resource: str, condition: str, seconds: int = 180) -> None:
        """Wait for what `kubectl wait --for` takes; the resource may not exist yet."""
        self.run("wait", "--for=create", resource, f"--timeout={seconds}s")
        self.run("wait", f"--for={condition}", resource, f"--timeout={seconds}s")

    def read(self, service: str, path: str, port: int = 80) -> str:
        """The body of a GET to a service, through the API server."""
        return self._served("get", "--raw", self._proxy(service, path, port))

    def post(self, service: str, path: str, document: dict[str, Any]) -> dict[str, Any]:
        """The JSON that a service answers to a POST."""
        answer: dict[str, Any] = json.loads(
            self._served("create", "--raw", self._proxy(service, path), "-f", "-", stdin=json.dumps(document))
        )
        return answer

    def _served(self, *arguments: str, stdin: str = "") -> str:
        """As `run`, once the Service's address leads to a pod: that is a moment after the pod is ready."""
        end = time.monotonic() + ENDPOINT_SECONDS
        while True:
            try:
                return self.run(*arguments, stdin=stdin)
            except KubectlError as error:
                passing = any(words in str(error) for words in ("no endpoints", "trying to reach service"))
                if not passing or time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def _proxy(self, service: str, path: str, port: int = 80) -> str:
        return f"/api/v1/namespaces/{self.namespace}/services/{service}:{port}/proxy{path}"

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return ["kubectl", f"--kubeconfig={self.kubeconfig}", f"--namespace={self.namespace}", *arguments]
