"""Claims that hold unpacked ModelKits: a second start by the marker, a rollout to another one, a tag that moved."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.conftest import Cluster
from tests.e2e.disks import on_the_node
from tests.e2e.features import OWN_VOLUME, needs
from tests.e2e.files import service
from tests.e2e.inference import await_ready, failure
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.image.packing import Packed, file, fresh, layer, pack
from tests.parts.registry import Registry

pytestmark = needs(OWN_VOLUME)
CANT_WRITE, OTHER_MODELKIT = 31, 33
GROUP = 2000
SELECTOR = "--selector=serving.kserve.io/inferenceservice=iris"


@pytest.fixture
def disks(files: Release, cluster: Cluster) -> Iterator[str]:
    """Volumes on the node's disk, of a storage class of the test's own."""
    with on_the_node(cluster, files) as name:
        yield name


def install(release: Release, disks: str, **keys: Any) -> str:  # noqa: ANN401 - any key of an entry
    """Install or upgrade the service iris; the name of its claim."""
    keys = {
        "delivery": "volume",
        "modelVolume": {"size": "1Gi", "storageClassName": disks},
        "predictor": {"securityContext": {"fsGroup": GROUP}},
        **keys,
    }
    release.install(inferenceServices={"iris": service(**keys)})
    predictor = release.kubectl.get("inferenceservice/iris")["spec"]["predictor"]
    claim: str = predictor["volumes"][0]["persistentVolumeClaim"]["claimName"]
    return claim


def packed(registry: Registry, content: bytes, repository: str = "") -> Packed:
    return pack(registry, layer(file("model.txt", content)), repository=repository or fresh())


def blobs(registry: Registry, made: Packed) -> int:
    """How often layers were fetched."""
    return sum(access.path.rpartition("/")[2] in made.layers for access in registry.accesses())


def pods(kubectl: Kubectl) -> list[dict[str, Any]]:
    return kubectl.items("pods", SELECTOR)


def test_a_second_pod_finds_the_model_there(
    files: Release, disks: str, kubectl: Kubectl, registry: Registry
) -> None:
    made = packed(registry, b"first")
    claim = install(files, disks, storageUri=made.uri)
    await_ready(kubectl, "iris")
    assert kubectl.read("iris-predictor", "/model.txt") == "first"
    (pod,) = pods(kubectl)
    (volume,) = (each for each in pod["spec"]["volumes"] if each["name"] == "kserve-provision-location")
    assert volume["persistentVolumeClaim"]["claimName"] == claim
    (mounted,) = (
        each for each in pod["spec"]["containers"][0]["volumeMounts"] if each["mountPath"] == "/mnt/models"
    )
    assert mounted["readOnly"] is True
    assert blobs(registry, made) == 1

    kubectl.run("delete", "pod", pod["metadata"]["name"])
    await_ready(kubectl, "iris")

    assert kubectl.read("iris-predictor", "/model.txt") == "first"
    assert f"/mnt/models holds {made.digest} already" in kubectl.run(
        "logs", SELECTOR, "--container=storage-initializer"
    )
    assert blobs(registry, made) == 1


def test_another_version_fills_another_claim(
    files: Release, disks: str, kubectl: Kubectl, registry: Registry
) -> None:
    old, new = packed(registry, b"old"), packed(registry, b"new")
    former = install(files, disks, storageUri=old.uri)
    await_ready(kubectl, "iris")

    latter = install(files, disks, storageUri=new.uri)

    assert latter != former
    kubectl.wait(f"persistentvolumeclaim/{latter}", "jsonpath={.status.phase}=Bound")
    kubectl.run("wait", "--for=delete", f"persistentvolumeclaim/{former}", "--timeout=180s")
    assert kubectl.read("iris-predictor", "/model.txt") == "new"
    assert [each["metadata"]["name"] for each in kubectl.items("persistentvolumeclaims")] == [latter]


def test_a_tag_that_moved_is_refused_and_who_serves_serves_on(
    files: Release, disks: str, kubectl: Kubectl, registry: Registry
) -> None:
    served = packed(registry, b"served")
    claim = install(files, disks, storageUri=served.uri)
    await_ready(kubectl, "iris")
    moved = packed(registry, b"moved", served.repository)

    assert install(files, disks, storageUri=served.uri, env=[{"name": "ANOTHER", "value": "pod"}]) == claim

    message = refusal(kubectl)
    assert f"'/mnt/models' holds {served.digest}, and {moved.digest} is asked for" in message
    assert kubectl.read("iris-predictor", "/model.txt") == "served"


def refusal(kubectl: Kubectl) -> str:
    """What the initializer of the new pod says, beside the one that serves.

    Raises:
        AssertionError: it took too long.
    """
    end = time.monotonic() + 180
    while time.monotonic() < end:
        for pod in pods(kubectl):
            for status in pod["status"].get("initContainerStatuses", []):
                ended = {**status.get("lastState", {}), **status["state"]}.get("terminated", {})
                if ended.get("exitCode") == OTHER_MODELKIT:
                    return str(ended["message"])
        time.sleep(0.2)
    raise AssertionError(pods(kubectl))


def test_a_new_disk_is_root_s_unless_the_pod_has_a_group(
    files: Release, disks: str, kubectl: Kubectl, registry: Registry
) -> None:
    install(files, disks, storageUri=packed(registry, b"first").uri, predictor={})

    info = failure(kubectl, "iris")
    assert info["exitCode"] == CANT_WRITE
    assert "fsGroup" in info["message"]


@needs("`storageUris`")
def test_several_models_share_a_claim(
    files: Release, disks: str, kubectl: Kubectl, registry: Registry
) -> None:
    base, adapter = packed(registry, b"base"), packed(registry, b"adapter")
    sources = [
        {"uri": made.uri, "mountPath": f"/mnt/models/{name}"}
        for name, made in (("base", base), ("adapter", adapter))
    ]

    install(files, disks, storageUris=sources)
    await_ready(kubectl, "iris")

    assert kubectl.read("iris-predictor", "/base/model.txt") == "base"
    assert kubectl.read("iris-predictor", "/adapter/model.txt") == "adapter"
    (pod,) = pods(kubectl)
    assert not any(each["name"] == "mnt-models" and "emptyDir" in each for each in pod["spec"]["volumes"])
