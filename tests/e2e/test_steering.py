"""What a service's annotations change of its own unpacking, and what they don't."""

from typing import Any

import pytest

from tests.e2e.files import service
from tests.e2e.inference import await_ready, failure, initializer
from tests.e2e.kubectl import Kubectl, KubectlError
from tests.e2e.release import Release
from tests.parts.registry import Registry

INVALID_FLAGS, UNEXPECTED_DIGEST = 4, 25
ZEROS = f"sha256:{'0' * 64}"


def install(files: Release, registry: Registry, heeded: list[str], **keys: Any) -> None:  # noqa: ANN401
    uri = f"kit://{registry.host}/golden/iris:v1"
    files.install(serviceAnnotations=heeded, inferenceServices={"iris": service(storageUri=uri, **keys)})
    assert initializer(files.kubectl, "iris")["image"] == files.image


def test_a_service_chooses_what_is_unpacked(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    install(files, registry, ["filter"], unpacking={"filter": "model"})

    await_ready(kubectl, "iris")
    assert "model.joblib" in kubectl.read("iris-predictor", "/")
    with pytest.raises(KubectlError):
        kubectl.read("iris-predictor", "/Kitfile")


def test_a_service_demands_a_digest(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    install(files, registry, ["digest"], unpacking={"digest": ZEROS})

    info = failure(kubectl, "iris")
    assert info["exitCode"] == UNEXPECTED_DIGEST
    assert ZEROS in info["message"]


def test_a_service_may_not_weaken_trust(files: Release, kubectl: Kubectl, registry: Registry) -> None:
    install(files, registry, ["unpack-flags"], annotations={"kitserve.io/unpack-flags": "--tls-verify=false"})

    info = failure(kubectl, "iris")
    assert info["exitCode"] == INVALID_FLAGS
    assert "--tls-verify" in info["message"]


def test_what_the_administrator_does_not_list_changes_nothing(
    files: Release, kubectl: Kubectl, registry: Registry
) -> None:
    install(files, registry, [], annotations={"kitserve.io/filter": "model"})

    await_ready(kubectl, "iris")
    assert "model.joblib" in kubectl.read("iris-predictor", "/Kitfile")
