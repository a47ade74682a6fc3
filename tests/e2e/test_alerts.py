"""Services that fail in a real cluster, and which alerts a real Prometheus has then, by kube-state-metrics."""

import os
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import prometheus
from tests.e2e.conftest import Cluster
from tests.e2e.features import OWN_VOLUME, has
from tests.e2e.files import service
from tests.e2e.image_volumes import pack_words
from tests.e2e.kube_state_metrics import kube_state_metrics, scraped
from tests.e2e.kubectl import Kubectl
from tests.e2e.processes import free_port
from tests.e2e.release import Release
from tests.parts.exposition import of_metrics, samples
from tests.parts.monitoring import RECORDED, RULES, metrics
from tests.parts.registry import Registry

SECONDS = 240
LEFT_OUT = set() if has(OWN_VOLUME) else {"disk"}
# Of each service its alert, and the initializer's exit code; the service `ready` has none.
ALERTS = {
    ("disk", "KitserveVolumeUnusable", "32"),
    ("digest", "KitserveModelKitRefused", "25"),
    ("gone", "KitserveRegistryUnreachable", "13"),
    ("image", "KitserveModelServerNotPulled", ""),
    ("login", "KitserveLoginRefused", "10"),
    ("settings", "KitserveSettingsInvalid", "4"),
    ("slow", "KitserveModelLoadsLong", ""),
    ("tag", "KitserveModelKitUnusable", "12"),
}
EXPECTED = {alert for alert in ALERTS if alert[0] not in LEFT_OUT}


@pytest.fixture
def silent(cluster: Cluster) -> Iterator[str]:
    """The host of a registry that accepts connections and never answers."""
    with socket.create_server((cluster.address, 0)) as server:
        yield f"{cluster.address}:{server.getsockname()[1]}"


@pytest.fixture
def planted(
    cluster: Cluster, registry: Registry, private_registry: Registry, silent: str
) -> dict[str, dict[str, Any]]:
    def iris(host: str, tag: str = "v1", **keys: Any) -> dict[str, Any]:  # noqa: ANN401 - any key
        return service(storageUri=f"kit://{host}/golden/iris:{tag}", **keys)

    small = {"name": "kserve-provision-location", "emptyDir": {"medium": "Memory", "sizeLimit": "1Ki"}}
    other = {"kitserve.io/digest": f"sha256:{'0' * 64}"}
    services = {
        "disk": iris(registry.host, predictor={"volumes": [small]}),
        "digest": iris(registry.host, annotations=other),
        "gone": iris(f"{cluster.address}:{free_port(cluster.address)}"),
        "image": service(storageUri=pack_words(registry, "nobody's alert").uri, delivery="imageVolume"),
        "login": iris(private_registry.host),
        "ready": iris(registry.host),
        "settings": iris(registry.host, annotations={"kitserve.io/unpack-flags": "--tls-verify=false"}),
        "slow": iris(silent),
        "tag": iris(registry.host, "absent"),
    }
    return {name: entry for name, entry in services.items() if name not in LEFT_OUT}


def test_what_fails_fires_and_what_works_does_not(
    files: Release, kubectl: Kubectl, planted: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    at_once = tmp_path / "rules.yaml"
    at_once.write_text(re.sub(r"(?m)^( +for:) \d+m$", r"\1 0s", RULES.read_text()))
    files.install(serviceAnnotations=["digest", "unpack-flags"], inferenceServices=planted)
    kubectl.wait("inferenceservice/ready", "condition=Ready")

    with kube_state_metrics(kubectl) as target, prometheus.server(target, at_once, tmp_path) as server:
        alerts = await_alerts(server)
        await_metrics(target)
        if os.environ.get("KITSERVE_E2E_RECORD"):
            record(target, kubectl.namespace)

    refused = next(each for each in alerts if each["labels"]["alertname"] == "KitserveModelKitRefused")
    first, meaning, last = refused["annotations"]["description"].splitlines()
    assert first == f"{kubectl.namespace}/{refused['labels']['pod']}: the initializer ends with exit code 25."
    assert meaning.endswith("What to do: correct the reference or the annotation kitserve.io/digest.")
    assert f"kitserve status -n {kubectl.namespace}" in last


def await_metrics(target: str) -> None:
    """Until all metrics of the recording have come, and no other: a container that fails waits or runs by turns."""
    recorded, came = {each.name for each in samples(RECORDED.read_text())}, set[str]()
    end = time.monotonic() + SECONDS
    while came != recorded:
        assert time.monotonic() < end, came ^ recorded
        came |= {each.name for each in samples(of_metrics(scraped(target), metrics()))}


def await_alerts(server: str) -> list[dict[str, Any]]:
    """The alerts that fire, once they are those that are expected."""
    end = time.monotonic() + SECONDS
    while True:
        alerts = [each for each in prometheus.alerts(server) if each["state"] == "firing"]
        told = {_told(each["labels"]) for each in alerts}
        if told == EXPECTED:
            return alerts
        assert time.monotonic() < end, told ^ EXPECTED
        time.sleep(0.5)


def _told(labels: dict[str, str]) -> tuple[str, str, str]:
    return labels["pod"].partition("-predictor-")[0], labels["alertname"], labels.get("exit_code", "")


def record(target: str, namespace: str) -> None:
    """Keep what it says for the tests that need no cluster, once each initializer that fails waits for its next run."""
    failing = sum(bool(code) for *_, code in EXPECTED)
    while (said := of_metrics(scraped(target), metrics())).count('reason="CrashLoopBackOff"') < failing:
        time.sleep(0.5)
    RECORDED.write_text(said.replace(f'namespace="{namespace}"', 'namespace="models"'))
