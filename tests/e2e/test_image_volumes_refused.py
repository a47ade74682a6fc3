"""Image volumes that can't be had: the pod doesn't start, and its events say why. The service's status doesn't."""

import base64
import json
import uuid
from typing import Any

from tests.e2e.conftest import Cluster
from tests.e2e.features import needs
from tests.e2e.files import service
from tests.e2e.image_volumes import event, make_image, pack_words
from tests.e2e.inference import await_ready
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.image.packing import Packed
from tests.parts.registry import Basic, Registry

READY_REASON = '.status.conditions[?(@.type=="Ready")].reason'


def entry(uri: str, **predictor: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the predictor
    return service(storageUri=uri, delivery="imageVolume", predictor=predictor)


def install(files: Release, uri: str) -> None:
    files.install(inferenceServices={"words": entry(uri)})


def unique(registry: Registry) -> Packed:
    """A ModelKit that no other test has pulled."""
    return pack_words(registry, uuid.uuid4().hex * 100)


def assert_waits(kubectl: Kubectl, name: str) -> None:
    """The service says that it has no pod, and no more than that."""
    kubectl.wait(f"inferenceservice/{name}", f"jsonpath={{{READY_REASON}}}=MinimumReplicasUnavailable")
    told = kubectl.get(f"inferenceservice/{name}")["status"]["modelStatus"]
    assert told["states"]["targetModelState"] == "Pending"
    assert "lastFailureInfo" not in told


def test_image_that_nobody_made(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    install(files, unique(registry).uri)
    assert event(kubectl, "Failed", "Failed to pull image").endswith("v1.image: not found")
    assert_waits(kubectl, "words")


def test_registry_without_tls_that_the_node_wasnt_told_of(
    cluster: Cluster, files: Release, kubectl: Kubectl
) -> None:
    with Registry(address=f"{cluster.address}:0") as registry:
        packed = unique(registry)
        make_image(registry, packed.uri)
        install(files, packed.uri)
        told = event(kubectl, "Failed", "Failed to pull image")
    assert told.endswith("http: server gave HTTP response to HTTPS client")
    assert_waits(kubectl, "words")


@needs("`oci+native://`")
def test_modelkit_in_the_place_of_its_image(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    native = unique(registry).uri.replace("kit://", "oci+native://")
    files.install(inferenceServices={"words": service(storageUri=native)})
    told = event(kubectl, "Failed", "failed to ensure image subpath")
    assert told.endswith("openat models: no such file or directory")
    assert_waits(kubectl, "words")


def test_layer_that_changed_in_the_registry(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    packed = unique(registry)
    make_image(registry, packed.uri)
    registry.storage.flip_byte(packed.layers[0], 600)
    install(files, packed.uri)
    told = event(kubectl, "Failed", "Failed to pull image")
    assert told.endswith(f"expected {packed.layers[0]}: failed precondition")
    assert_waits(kubectl, "words")


def test_private_registry_without_a_secret(
    files: Release, kubectl: Kubectl, private_registry: Registry
) -> None:
    packed = unique(private_registry)
    make_image(private_registry, packed.uri)
    install(files, packed.uri)
    assert "no basic auth credentials" in event(kubectl, "Failed", "Failed to pull image")
    assert_waits(kubectl, "words")


def test_private_registry_is_opened_by_the_pods_secret_and_for_no_other_pod(
    files: Release, kubectl: Kubectl, private_registry: Registry
) -> None:
    packed = unique(private_registry)
    make_image(private_registry, packed.uri)
    kubectl.apply(pull_secret(private_registry))
    secret = {"imagePullSecrets": [{"name": "pull"}]}
    files.install(inferenceServices={"words": entry(packed.uri)}, **secret)
    await_ready(kubectl, "words")
    other = entry(packed.uri, imagePullSecrets=[])
    files.install(inferenceServices={"words": entry(packed.uri), "other": other}, **secret)
    # The node has the image; the kubelet asks the registry whether this pod may have it too.
    assert "no basic auth credentials" in event(kubectl, "Failed", "Failed to pull image")
    assert_waits(kubectl, "other")


def pull_secret(registry: Registry) -> dict[str, Any]:
    assert isinstance(registry.auth, Basic)
    login = base64.b64encode(f"{registry.auth.user}:{registry.auth.password}".encode()).decode()
    config = {"auths": {registry.host: {"auth": login}}}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": {"name": "pull"},
        "stringData": {".dockerconfigjson": json.dumps(config)},
    }
