"""Without helm: `kitserve render | kubectl apply -f -`."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.inference import CLASSES, initializer, predict, sklearn
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.parts.registry import Registry


@pytest.fixture
def rendered(release: Release, kubectl: Kubectl, registry: Registry) -> Iterator[str]:
    """The manifests, removed from the cluster at the end."""
    services = {"iris": sklearn(f"kit://{registry.host}/golden/iris:v1")}
    values = json.dumps(release.values(inferenceServices=services))
    kitserve = str(Path(sys.executable).with_name("kitserve"))
    command = [kitserve, "render", "-f", "-", "-n", kubectl.namespace]
    manifests = subprocess.run(command, input=values, capture_output=True, text=True, check=True).stdout
    yield manifests
    kubectl.run("delete", "--ignore-not-found", "-f", "-", stdin=manifests)


def test_rendered_manifests_pass_a_dry_run_and_serve_the_model(
    rendered: str, release: Release, kubectl: Kubectl
) -> None:
    tried = kubectl.run("apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=rendered)
    assert "clusterstoragecontainer.serving.kserve.io/kitops created (server dry run)" in tried
    kubectl.run("apply", "-f", "-", stdin=rendered)
    assert initializer(kubectl, "iris")["image"] == release.image
    assert predict(kubectl, "iris") == CLASSES
