"""What serves from an image volume goes on when its server or containerd is killed."""

import subprocess
import uuid
from pathlib import Path

import pytest

from tests.e2e.files import service
from tests.e2e.image_volumes import make_image, pack_words, pod, shown
from tests.e2e.inference import await_ready
from tests.e2e.kubectl import Kubectl
from tests.e2e.node_processes import find, restart
from tests.e2e.release import Release
from tests.parts.registry import Registry


@pytest.fixture
def words(files: Release, registry: Registry) -> str:
    """The content that a service named `words` shows."""
    words = uuid.uuid4().hex
    packed = pack_words(registry, words)
    make_image(registry, packed.uri)
    files.install(inferenceServices={"words": service(storageUri=packed.uri, delivery="imageVolume")})
    await_ready(files.kubectl, "words")
    return words


def test_after_a_restart_of_containerd_in_the_same_pod_and_in_the_next(
    kubectl: Kubectl, words: str, tmp_path: Path
) -> None:
    before = pod(kubectl, "words")["metadata"]["name"]
    restart(find(lambda command: Path(command[0]).name == "containerd"), tmp_path / "containerd.log")
    assert shown(kubectl) == words

    end_server(kubectl)
    kubectl.run(
        "wait",
        f"pod/{before}",
        "--for=jsonpath={.status.containerStatuses[0].restartCount}=1",
        "--timeout=180s",
    )
    kubectl.run("wait", f"pod/{before}", "--for=condition=Ready", "--timeout=180s")
    assert shown(kubectl) == words

    kubectl.run("delete", "pod", before, "--grace-period=1")
    assert pod(kubectl, "words")["metadata"]["name"] != before
    assert shown(kubectl) == words


def end_server(kubectl: Kubectl) -> None:
    """Kill the model server; it is the first process of its container, which only the node may kill."""
    (status,) = pod(kubectl, "words")["status"]["containerStatuses"]
    container = status["containerID"].removeprefix("containerd://")
    subprocess.run(["ctr", "--namespace=k8s.io", "tasks", "kill", "--signal=KILL", container], check=True)
