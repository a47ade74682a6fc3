"""A model that the node keeps: KServe's LocalModelCache with a kit:// URI, and a service that uses it."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.files import digest, service
from tests.e2e.kserve import JOBS_NAMESPACE
from tests.e2e.kubectl import Kubectl
from tests.e2e.layout import NODE_NAME
from tests.e2e.local_model_cases import node_group
from tests.e2e.release import Release
from tests.e2e.status import await_causes
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry


@pytest.fixture
def uri(registry: Registry, modelkits: dict[str, ModelKit]) -> str:
    return f"kit://{registry.host}/golden/iris@{modelkits['iris'].expected['manifest_digest']}"


@pytest.fixture
def cached(files: Release, uri: str) -> Iterator[Release]:
    """The release, which is cleared afterwards."""
    yield files
    clear(files, uri)


def clear(files: Release, uri: str) -> None:
    """Leave a release without services, and then without caches, as the guide says."""
    cache = f"localmodelcache/{name(files.kubectl)}"
    files.install(localModels=models(uri))
    while files.kubectl.get(cache)["status"].get("inferenceServices"):
        time.sleep(0.2)
    files.install(localModels=models(uri) | {"caches": {}})
    files.kubectl.run("wait", "--for=delete", cache, "--timeout=180s")


def models(uri: str) -> dict[str, Any]:
    cache = {"uri": uri, "size": "1Mi", "nodeGroups": ["disk"]}
    return {"create": True, "nodeGroups": {"disk": node_group()}, "caches": {"iris": cache}}


def name(kubectl: Kubectl) -> str:
    (cache,) = kubectl.items("localmodelcaches")
    found: str = cache["metadata"]["name"]
    return found


def test_service_takes_it_from_the_nodes_disk(
    cached: Release, uri: str, registry: Registry, modelkits: dict[str, ModelKit]
) -> None:
    kubectl = cached.kubectl
    cached.install(localModels=models(uri))
    kubectl.wait(
        f"localmodelcache/{name(kubectl)}", f"jsonpath={{.status.nodeStatus.{NODE_NAME}}}=NodeDownloaded"
    )
    (job,) = kubectl.within(JOBS_NAMESPACE).items("jobs")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["image"] == cached.image
    assert container["args"] == [uri, "/mnt/models"]
    before = len(registry.accesses())

    cached.install(localModels=models(uri), inferenceServices={"iris": service(storageUri=uri)})

    assert digest(kubectl, "iris", "/Kitfile") == modelkits["iris"].digest("Kitfile")
    (pod,) = kubectl.items("pods", "--selector=serving.kserve.io/inferenceservice=iris")
    assert "initContainers" not in pod["spec"]
    assert len(registry.accesses()) == before


def test_status_says_why_no_node_has_it(files: Release, registry: Registry) -> None:
    uri = f"kit://{registry.host}/golden/iris@sha256:{'0' * 64}"
    files.install(localModels=models(uri), inferenceServices={"iris": service(storageUri=uri)})

    found = await_causes(files.kubectl, "iris")["iris"]

    assert found["cause"].startswith("the initializer ended (exit code 12, NotFound): ")
    assert (found["state"], found["models"][0]["delivery"]) == ("failed", "localModel")
    clear(files, uri)
