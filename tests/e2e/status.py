"""What `kitserve status` says of the services in a test's namespace."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.e2e.kubectl import Kubectl

SECONDS = 180


def run(
    kubectl: Kubectl, *arguments: str, kubeconfig: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """The command, in the namespace."""
    command: list[str | Path] = [
        Path(sys.executable).with_name("kitserve"),
        "status",
        "-n",
        kubectl.namespace,
        *arguments,
    ]
    environment = {**os.environ, "KUBECONFIG": str(kubeconfig or kubectl.kubeconfig)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def look(kubectl: Kubectl, *arguments: str) -> dict[str, dict[str, Any]]:
    """The services by name, as JSON has them."""
    ran = run(kubectl, "-o", "json", *arguments)
    assert ran.stdout, ran.stderr
    return {each["name"]: each for each in json.loads(ran.stdout)}


def waited(kubectl: Kubectl, name: str = "iris") -> tuple[int, dict[str, Any]]:
    """The exit code of `--wait` for a service, and what it is then."""
    ran = run(kubectl, name, "--wait", "--timeout", f"{SECONDS}s", "-o", "json")
    assert ran.stdout, ran.stderr
    (found,) = json.loads(ran.stdout)
    return ran.returncode, found


def await_causes(kubectl: Kubectl, *names: str) -> dict[str, dict[str, Any]]:
    """The services, once each of these has a cause that stops it.

    Raises:
        AssertionError: it took too long.
    """
    end = time.monotonic() + SECONDS
    while True:
        found = look(kubectl)
        if all(found.get(name, {}).get("cause") for name in names):
            return found
        assert time.monotonic() < end, found
        time.sleep(1)
