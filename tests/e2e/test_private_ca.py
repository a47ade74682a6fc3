"""A registry over TLS whose certificate a private authority signed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Cluster
from tests.e2e.files import digest, service
from tests.e2e.inference import failure, initializer
from tests.e2e.release import Release
from tests.parts.certificates import Pair
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry, Tls

UNTRUSTED = 15


@pytest.fixture
def tls(cluster: Cluster, tmp_path: Path) -> Tls:
    authority = Pair.issue("A company's own authority", authority=True)
    signed, key = Pair.issue(cluster.address, authority).write(tmp_path, "registry")
    return Tls(signed, key, authority.write(tmp_path, "authority")[0])


@pytest.fixture
def tls_registry(cluster: Cluster, tls: Tls, modelkits: dict[str, ModelKit]) -> Iterator[Registry]:
    with Registry(address=f"{cluster.address}:0", tls=tls) as registry:
        registry.push_layout(modelkits["iris"].archive, "golden/iris", "v1")
        yield registry


def install(files: Release, registry: Registry, **trust: Any) -> None:  # noqa: ANN401 - any value
    uri = f"kit://{registry.host}/golden/iris:v1"
    files.install(**{"unpackFlags": ""} | trust, inferenceServices={"iris": service(storageUri=uri)})
    assert initializer(files.kubectl, "iris")["image"] == files.image


def test_its_authority_is_trusted_where_the_values_have_it(
    files: Release, tls_registry: Registry, tls: Tls, modelkits: dict[str, ModelKit]
) -> None:
    install(files, tls_registry, tls={"caCertificates": tls.authority.read_text()})
    assert digest(files.kubectl, "iris", "/Kitfile") == modelkits["iris"].digest("Kitfile")


def test_an_air_gap_needs_a_mirror_and_a_bundle(
    files: Release, tls_registry: Registry, tls: Tls, modelkits: dict[str, ModelKit]
) -> None:
    registry, _, rest = files.image.partition("/")
    image = {
        "registry": "upstream.example.com",
        **dict(zip(("repository", "tag"), rest.rsplit(":", 1), strict=True)),
    }
    bundle = f"# The company's\n{tls.authority.read_text()}"
    authorities = {"caConfigMapName": "company-authorities", "caBundle": bundle}
    install(files, tls_registry, image=image, imageMirrors={"*": registry}, tls=authorities)

    assert files.kubectl.get("configmap/company-authorities")["data"] == {"ca.crt": bundle}
    assert digest(files.kubectl, "iris", "/Kitfile") == modelkits["iris"].digest("Kitfile")


def test_an_unknown_authority_is_the_status_of_the_service(files: Release, tls_registry: Registry) -> None:
    install(files, tls_registry)
    info = failure(files.kubectl, "iris")
    assert info["exitCode"] == UNTRUSTED
    assert tls_registry.host in info["message"]
