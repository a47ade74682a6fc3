"""What is published: pushed to an OCI registry, installed and upgraded from there."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from kitserve.version import VERSION

from release.artifacts.layout import platforms
from release.plan import Destination, Dist
from release.registry.client import push_chart, push_layout, resolve
from tests.e2e.conftest import Cluster
from tests.e2e.files import service
from tests.e2e.inference import CLASSES, initializer, predict, sklearn
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import CHART, Release, fitting
from tests.parts.registry import Registry
from tests.release.programs import link
from tests.release.working_tree import ORGANISATION


@pytest.fixture
def published(either: Release, registry: Registry, tmp_path: Path) -> Release:
    """The release of a chart that lies in a registry."""
    either.run("package", str(CHART), "--destination", str(tmp_path))
    archive = str(tmp_path / f"kitserve-{VERSION}.tgz")
    either.run("push", archive, f"oci://{registry.host}/charts", "--plain-http")
    return replace(either, chart=f"oci://{registry.host}/charts/kitserve")


def test_it_installs_upgrades_and_uninstalls(published: Release, kubectl: Kubectl) -> None:
    where = ("--version", VERSION, "--plain-http")
    ours = f"app.kubernetes.io/instance={published.name}"
    iris = service(storageUri="kit://registry.example.com/iris:v1")

    values = json.dumps(published.values(inferenceServices={"iris": iris}))
    published.run("install", published.name, published.chart, *where, "--values", "-", stdin=values)
    (made,) = kubectl.items("inferenceservices")
    assert made["metadata"]["labels"]["helm.sh/chart"] == f"kitserve-{VERSION}"
    container = kubectl.get("clusterstoragecontainer/kitops")["spec"]["container"]
    assert container["image"] == published.image

    published.install(*where, inferenceServices={"iris": iris | {"maxReplicas": 7}}, logFormat="json")
    (changed,) = kubectl.items("inferenceservices")
    assert changed["metadata"]["uid"] == made["metadata"]["uid"]
    assert changed["spec"]["predictor"]["maxReplicas"] == 7
    container = kubectl.get("clusterstoragecontainer/kitops")["spec"]["container"]
    assert {"name": "KITSERVE_LOG_FORMAT", "value": "json"} in container["env"]

    published.uninstall()
    assert kubectl.everything(ours) == ""


@pytest.fixture
def destination(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Destination:
    """A registry that the nodes pull from, and the programs that push to it."""
    link(tmp_path / "bin", ("helm4", "oras"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    return Destination(registry.host, ORGANISATION, plain_http=True)


def test_a_release_serves_a_modelkit(
    cluster: Cluster, release: Release, registry: Registry, destination: Destination
) -> None:
    dist = Dist(cluster.released)
    tagged = f"{destination.image}:{VERSION}"
    push_layout(destination, dist.layout("initializer"), VERSION, tagged)
    push_chart(destination, dist.chart(VERSION))
    values = {
        "image": {"registry": registry.host},
        "unpackFlags": "--plain-http",
        "inferenceServices": {"iris": sklearn(f"kit://{registry.host}/golden/iris:v1")},
    }

    where = ("--version", VERSION, "--plain-http", "--values", "-")
    release.run(
        "install", release.name, f"oci://{destination.chart}", *where, stdin=json.dumps(fitting(values))
    )

    assert predict(release.kubectl, "iris") == CLASSES
    assert initializer(release.kubectl, "iris")["image"] == f"{tagged}@{resolve(destination, tagged)}"
    assert "linux/amd64" in platforms(dist.layout("initializer"))
