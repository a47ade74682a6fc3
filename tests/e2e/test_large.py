"""A ModelKit of 3 GiB in a container that may have 1 GiB, and one that is killed half way."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e import large
from tests.e2e.files import digest, service
from tests.e2e.inference import await_ready, initializer
from tests.e2e.kubectl import Kubectl, KubectlError
from tests.e2e.node_processes import find
from tests.e2e.release import Release
from tests.parts.registry import Registry

KILLED = 137
# Python with its libraries takes 40 MiB; a sample's own process counts too.
MOST_RESIDENT = 192 << 20
FILES = ("/sys/fs/cgroup/memory/memory.stat", "/sys/fs/cgroup/memory.stat")
SAMPLE = f"""
import os
path = next(path for path in {FILES!r} if os.path.exists(path))
print(max(int(line.split()[1]) for line in open(path) if line.split()[0] in ("total_rss", "anon")))
"""


@pytest.fixture
def uri(registry: Registry) -> str:
    return f"kit://{registry.host}/large/zeros:v1"


def state(kubectl: Kubectl) -> dict[str, Any]:
    """The status of the service's initializer."""
    (pod,) = kubectl.items("pods", "--selector=serving.kserve.io/inferenceservice=large")
    found: dict[str, Any] = (
        pod["status"].get("initContainerStatuses") or [{"state": {}, "restartCount": 0}]
    )[0]
    return found


def resident(kubectl: Kubectl) -> Iterator[int]:
    """Resident bytes of the initializer's container, again and again until it has ended."""
    while "terminated" not in state(kubectl)["state"]:
        try:
            command = (
                "exec",
                "deployment/large-predictor",
                "-c",
                "storage-initializer",
                "--",
                "python3",
                "-c",
                SAMPLE,
            )
            yield int(kubectl.run(*command))
        except (KubectlError, ValueError):  # not started yet, or ended meanwhile
            time.sleep(0.1)


def test_memory_stays_far_below_the_limit(
    files: Release, kubectl: Kubectl, registry: Registry, uri: str
) -> None:
    large.push(registry, "large/zeros")
    files.install(inferenceServices={"large": service(storageUri=uri)})
    container = initializer(kubectl, "large")
    assert container["image"] == files.image
    assert container["resources"]["limits"]["memory"] == "1Gi"
    samples = list(resident(kubectl))
    print(f"resident at most {max(samples) / 2**20:.0f} MiB in {len(samples)} samples of memory.stat")
    await_ready(kubectl, "large")
    assert state(kubectl)["restartCount"] == 0
    assert max(samples) < MOST_RESIDENT
    assert size(kubectl) == large.SIZE


def test_killed_half_way_it_goes_on_and_fetches_nothing_twice(
    files: Release, kubectl: Kubectl, registry: Registry, uri: str
) -> None:
    small, _ = large.push(registry, "large/zeros")
    files.install(inferenceServices={"large": service(storageUri=uri)})
    assert initializer(kubectl, "large")["image"] == files.image
    await_log(kubectl, f"{large.VOCABULARY}': 2.0 KiB verified and unpacked")
    os.kill(find(lambda command: {"kitserve_initializer", uri} <= set(command)), signal.SIGKILL)
    kubectl.wait("inferenceservice/large", "condition=Ready")
    assert state(kubectl)["restartCount"] == 1
    assert state(kubectl)["lastState"]["terminated"]["exitCode"] == KILLED
    assert size(kubectl) == large.SIZE
    assert digest(kubectl, "large", f"/{large.VOCABULARY}")
    assert [
        each.status for each in registry.accesses() if each.path.endswith(small) and each.method == "GET"
    ] == [200]


def await_log(kubectl: Kubectl, text: str) -> None:
    """Wait until the initializer's log has a line about a layer."""
    while text not in kubectl.run(
        "logs", "deployment/large-predictor", "-c", "storage-initializer", "--ignore-errors"
    ):
        time.sleep(0.05)


def size(kubectl: Kubectl) -> int:
    """Bytes of the weights that the server sees."""
    look = f"import os; print(os.stat('/mnt/models/{large.WEIGHTS}').st_size)"
    return int(kubectl.run("exec", "deployment/large-predictor", "--", "python3", "-c", look))
