"""A model that nodes keep before a service comes."""

import uuid

from kitserve.render.manifests.image_volume import image

from tests.e2e.conftest import Cluster
from tests.e2e.files import service
from tests.e2e.image_volumes import event, make_image
from tests.e2e.images import PAUSE
from tests.e2e.inference import await_ready
from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release
from tests.image.packing import file, layer, pack
from tests.parts.registry import Registry


def test_service_starts_warm_where_it_never_served(
    cluster: Cluster, files: Release, kubectl: Kubectl, registry: Registry
) -> None:
    kubectl.run("label", "namespace", kubectl.namespace, "pod-security.kubernetes.io/enforce=restricted")
    words = uuid.uuid4().hex
    packed = pack(registry, layer(file("words.txt", words.encode())), paths=["words.txt"])
    make_image(registry, packed.uri)
    images = {"prefetch": {"words": {"uri": packed.uri}}, **_pause(cluster)}
    files.install(imageVolumes=images)
    kubectl.run("rollout", "status", "daemonset/words", "--timeout=180s")
    asked = len(registry.accesses())

    entry = service(storageUri=packed.uri, delivery="imageVolume")
    files.install(imageVolumes=images, inferenceServices={"words": entry})

    await_ready(kubectl, "words")
    assert kubectl.read("words-predictor", "/words.txt") == words
    assert len(registry.accesses()) == asked
    assert event(kubectl, "Pulled", f'"{image(packed.uri)}" already present')


def _pause(cluster: Cluster) -> dict[str, object]:
    """The image that our own cluster has, which pulls nothing from elsewhere."""
    repository, _, tag = PAUSE.rpartition(":")
    if cluster.registries is None:
        return {}
    return {"pauseImage": {"registry": "", "repository": repository, "tag": tag}}
