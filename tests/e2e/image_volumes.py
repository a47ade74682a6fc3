"""What the scenarios of image volumes share: the images, and what a pod that has one shows."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.e2e.inference import READY_SECONDS
from tests.e2e.kubectl import Kubectl, KubectlError
from tests.e2e.layout import KSERVE_NAMESPACE
from tests.image.packing import Packed, file, layer, pack
from tests.parts.registry import Basic, Registry

SHOWN = "words.txt"
CONFIGURATION = "configmap/inferenceservice-config"
OFF = {"enableModelcar": False, "enableOciModelSupport": False, "ociModelMode": ""}


@contextmanager
def images_off(kubectl: Kubectl) -> Iterator[None]:
    """KServe's configuration without the keys that make it mount images for a single `storageUri`."""
    within = kubectl.within(KSERVE_NAMESPACE)
    before = within.get(CONFIGURATION)["data"]["storageInitializer"]
    _configure(within, json.dumps(json.loads(before) | OFF))
    try:
        yield
    finally:
        _configure(within, before)


def _configure(kubectl: Kubectl, settings: str) -> None:
    patch = json.dumps({"data": {"storageInitializer": settings}})
    kubectl.run("patch", CONFIGURATION, "--type=merge", f"--patch={patch}")


def pack_words(registry: Registry, words: str, repository: str = "") -> Packed:
    """Push a ModelKit with one file. containerd fetches no layer that it has, so each test needs words of its own."""
    return pack(registry, layer(file(SHOWN, words.encode())), paths=[SHOWN], repository=repository)


def shown(kubectl: Kubectl, name: str = "words") -> str:
    """The words that a service shows."""
    return kubectl.read(f"{name}-predictor", f"/{SHOWN}")


def make_image(registry: Registry, uri: str, *options: str) -> str:
    """Make the image of a ModelKit as its publisher does; its URI, by which KServe mounts it."""
    login = (
        {"KIT_USER": registry.auth.user, "KIT_PASSWORD": registry.auth.password}
        if isinstance(registry.auth, Basic)
        else {}
    )
    command = [sys.executable, "-m", "kitserve", "image", uri, "--plain-http", *options]
    ran = subprocess.run(command, env=os.environ | login, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()[-1]


def pods(kubectl: Kubectl, name: str) -> list[dict[str, Any]]:
    """The service's pods that aren't on their way out."""
    found = kubectl.items("pods", f"--selector=serving.kserve.io/inferenceservice={name}")
    return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]


def pod(kubectl: Kubectl, name: str) -> dict[str, Any]:
    """The service's one pod, once a rollout has ended."""
    kubectl.wait(f"deployment/{name}-predictor", "condition=Available")
    kubectl.run("rollout", "status", f"deployment/{name}-predictor", f"--timeout={READY_SECONDS}s")
    (found,) = pods(kubectl, name)
    return found


def mounted(found: Mapping[str, Any]) -> list[str]:
    """References of the images that a pod mounts."""
    volumes = found["spec"]["volumes"]
    return [volume["image"]["reference"] for volume in volumes if "image" in volume]


def event(kubectl: Kubectl, reason: str, words: str) -> str:
    """The message of the namespace's first event with a reason and some words, once there is one."""
    end = time.monotonic() + READY_SECONDS
    while True:
        events = kubectl.items("events", f"--field-selector=reason={reason}")
        found = [each["message"] for each in events if words in each["message"]]
        if found:
            message: str = found[0]
            return message
        if time.monotonic() > end:
            raise KubectlError(f"no event {reason} with {words!r}: {[each['message'] for each in events]}")
        time.sleep(0.2)
