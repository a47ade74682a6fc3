"""The chart's life: upgrade, rollback, uninstall, and taking over what kubectl made."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.kubectl import Kubectl
from tests.e2e.neighbour import storage_container
from tests.e2e.release import HelmError, Release

CONTAINER = "clusterstoragecontainer/kitops"


@pytest.fixture
def neighbour(kubectl: Kubectl) -> Iterator[dict[str, Any]]:
    """Another team's ClusterStorageContainer."""
    made = storage_container("neighbour", "other://")
    kubectl.apply(made)
    yield kubectl.get("clusterstoragecontainer/neighbour")
    kubectl.run("delete", "clusterstoragecontainer/neighbour")


def test_upgrade_rollback_and_uninstall_touch_only_what_is_ours(
    either: Release, kubectl: Kubectl, neighbour: dict[str, Any]
) -> None:
    def limit() -> str:
        memory: str = kubectl.get(CONTAINER)["spec"]["container"]["resources"]["limits"]["memory"]
        return memory

    ours = f"app.kubernetes.io/instance={either.name}"
    credentials = {"create": True, "username": "reader", "password": "s3cr3t"}
    either.install(credentials=credentials)
    assert limit() == "1Gi"
    assert CONTAINER.split("/")[1] in kubectl.everything(ours)
    either.install(resources={"limits": {"memory": "3Gi"}})
    assert limit() == "3Gi"
    assert not kubectl.run("get", "secret/kit-secret", "--ignore-not-found")
    either.run("rollback", either.name, "1")
    assert limit() == "1Gi"
    assert kubectl.get("secret/kit-secret")["data"].keys() == {"KIT_USER", "KIT_PASSWORD"}
    either.uninstall()
    assert kubectl.everything(ours) == ""
    assert kubectl.get("clusterstoragecontainer/neighbour") == neighbour


def test_container_made_with_kubectl_is_taken_over_on_request_only(either: Release, kubectl: Kubectl) -> None:
    kubectl.apply(storage_container("kitops", "kit://"))
    try:
        with pytest.raises(HelmError, match="ownership"):
            either.install()
        # Helm 4 applies on the server, where kubectl's fields are a conflict of their own.
        forced = ["--force-conflicts"] if either.run("version", "--short").startswith("v4") else []
        either.install("--take-ownership", *forced)
        assert kubectl.get(CONTAINER)["spec"]["container"]["image"] == either.image
    finally:
        kubectl.run("delete", CONTAINER, "--ignore-not-found")
