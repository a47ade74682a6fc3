"""A policy for signatures on a cluster: who isn't let in, and where that is said."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.files import digest, service
from tests.e2e.inference import failure
from tests.e2e.kserve import JOBS_NAMESPACE
from tests.e2e.kubectl import Kubectl, KubectlError
from tests.e2e.local_model_cases import node_group
from tests.e2e.release import Release
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.cosign import Cosign
from tests.parts.signing.keys import SigningKey, new_key

UNSIGNED, OTHERS = 50, 51
JOB_SECONDS = 180


@pytest.fixture
def iris(registry: Registry, modelkits: dict[str, ModelKit]) -> Artifact:
    modelkit = modelkits["iris"]
    return Artifact(registry, modelkit.repository, modelkit.expected["manifest_digest"])


@pytest.fixture
def key() -> SigningKey:
    return new_key()


def trusting(iris: Artifact, key: SigningKey) -> dict[str, Any]:
    """The value `verification` that wants this key's signature on all of the registry."""
    return {"rules": [{"references": [f"{iris.registry.host}/**"], "keys": [key.public]}]}


def served(iris: Artifact) -> dict[str, Any]:
    return {"iris": service(storageUri=f"kit://{iris.registry.host}/{iris.repository}:v1")}


def shown(key: SigningKey) -> str:
    return f"key sha256:{key.fingerprint[:16]}"


def test_what_is_signed_is_served_until_the_policy_trusts_somebody_else(
    files: Release, iris: Artifact, key: SigningKey, cosign3: Cosign, modelkits: dict[str, ModelKit]
) -> None:
    kubectl, other = files.kubectl, new_key()
    cosign3.sign(key, iris, "--allow-http-registry")
    files.install(verification=trusting(iris, key), inferenceServices=served(iris))
    assert digest(kubectl, "iris", "/Kitfile") == modelkits["iris"].digest("Kitfile")

    files.install(verification=trusting(iris, other), inferenceServices=served(iris))
    kubectl.run("delete", "pods", "--selector=serving.kserve.io/inferenceservice=iris")

    info = failure(kubectl, "iris")
    assert info["exitCode"] == OTHERS
    assert f"needs a signature by {shown(other)}, and it is signed by {shown(key)}" in info["message"]


def test_what_nobody_signed_is_refused_and_the_status_says_whose_signature_it_needs(
    files: Release, iris: Artifact, key: SigningKey
) -> None:
    files.install(verification=trusting(iris, key), inferenceServices=served(iris))

    info = failure(files.kubectl, "iris")

    assert info["exitCode"] == UNSIGNED
    assert f"nobody has signed, and it needs a signature by {shown(key)}" in info["message"]
    with pytest.raises(KubectlError):
        files.kubectl.read("iris-predictor", "/Kitfile")


@pytest.fixture
def caching(files: Release) -> Iterator[Release]:
    """The release, and afterwards one without caches."""
    yield files
    (cache,) = files.kubectl.items("localmodelcaches")
    files.install(localModels={"create": True, "nodeGroups": {"disk": node_group()}, "caches": {}})
    files.kubectl.run(
        "wait", "--for=delete", f"localmodelcache/{cache['metadata']['name']}", "--timeout=180s"
    )


def test_a_node_s_cache_is_refused_too(caching: Release, iris: Artifact, key: SigningKey) -> None:
    uri = f"kit://{iris.registry.host}/{iris.repository}@{iris.digest}"
    cache = {"uri": uri, "size": "1Mi", "nodeGroups": ["disk"]}
    models = {"create": True, "nodeGroups": {"disk": node_group()}, "caches": {"iris": cache}}
    caching.install(verification=trusting(iris, key), localModels=models)

    ended = first_end(caching.kubectl.within(JOBS_NAMESPACE), uri)

    assert ended["exitCode"] == UNSIGNED
    assert f"it needs a signature by {shown(key)}" in ended["message"]


def first_end(kubectl: Kubectl, uri: str) -> dict[str, Any]:
    """How the first container ended that a job started for a URI. The job starts more of them, ever more slowly."""
    end = time.monotonic() + JOB_SECONDS
    while time.monotonic() < end:
        for pod in kubectl.items("pods"):
            (container,), statuses = pod["spec"]["containers"], pod["status"].get("containerStatuses", [])
            if uri in container["args"] and statuses and "terminated" in statuses[0]["state"]:
                found: dict[str, Any] = statuses[0]["state"]["terminated"]
                return found
        time.sleep(0.5)
    raise KubectlError(f"no job for {uri} ended in {JOB_SECONDS} s")
