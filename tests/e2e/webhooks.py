"""Waits for a webhook from outside: its pod is ready before it listens, and kube-proxy follows later still."""

import json
import time
from typing import Any

from tests.e2e.kubectl import Kubectl, KubectlError

SECONDS = 120


def await_webhook(kubectl: Kubectl, admitted: dict[str, Any]) -> None:
    """Wait until the cluster admits an object, which isn't stored.

    Raises:
        KubectlError: the cluster refuses it, or its webhook doesn't answer.
    """
    end = time.monotonic() + SECONDS
    while True:
        try:
            kubectl.run("create", "--dry-run=server", "-f", "-", stdin=json.dumps(admitted))
        except KubectlError as error:
            if "failed calling webhook" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return
