"""Fixtures of the scenarios: the cluster, a namespace for each, registries that pods reach, the chart."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.e2e import knative, llmisvc
from tests.e2e.diagnosis import diagnosis
from tests.e2e.files import runtime as files_runtime
from tests.e2e.kubectl import Kubectl
from tests.e2e.layout import KSERVE_NAMESPACE
from tests.e2e.release import Release
from tests.e2e.results import Results
from tests.e2e.verdicts import DryRun, dry_run
from tests.e2e.webhooks import await_webhook
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Basic, Registry

# Scenarios of a cluster with Knative.
collect_ignore = [] if knative.IS_WANTED else ["knative"]
LLM_SECONDS = 600
FAILED = pytest.StashKey[bool]()


@dataclass(frozen=True)
class Cluster:
    """What the environment tells about the cluster.

    `image` is kitserve's, as its nodes can have it; `address` is where its pods and its node's containerd reach this
    machine. `registries` is the folder with containerd's settings for registries, None where they aren't ours.
    `released` is a release's folder.
    """

    kubectl: Kubectl
    image: str
    address: str
    registries: Path | None
    released: Path

    def allow_plain_http(self, registry: Registry) -> None:
        """Let containerd pull from a registry without TLS; it reads the file at each pull."""
        if self.registries:
            folder = self.registries / registry.host
            folder.mkdir(exist_ok=True)  # an earlier registry may have had the port
            (folder / "hosts.toml").write_text(f'server = "{registry.url}"\n')


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    names = ("KUBECONFIG", "IMAGE", "ADDRESS", "RELEASE")
    needed = {name: os.environ.get(f"KITSERVE_E2E_{name}", "") for name in names}
    missing = [f"KITSERVE_E2E_{name}" for name, value in needed.items() if not value]
    if missing:
        pytest.fail(f"set {', '.join(missing)} (tests/e2e/README.md), or run python -m tests.e2e.run")
    registries = os.environ.get("KITSERVE_E2E_REGISTRIES")
    return Cluster(
        Kubectl(Path(needed["KUBECONFIG"])),
        needed["IMAGE"],
        needed["ADDRESS"],
        Path(registries) if registries else None,
        Path(needed["RELEASE"]),
    )


@pytest.fixture
def kubectl(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Kubectl]:
    """kubectl in a namespace of the test's own; when the test fails, with what happened there."""
    with _namespace(cluster) as within:
        yield within
        if request.node.stash.get(FAILED, False):
            print(diagnosis(within))


@pytest.fixture(scope="session")
def llm_controller(cluster: Cluster) -> None:
    """Wait for KServe's controller of LLMInferenceServices, which comes up while other scenarios run."""
    cluster.kubectl.within(KSERVE_NAMESPACE).wait(llmisvc.CONTROLLER, "condition=Available", LLM_SECONDS)
    await_webhook(cluster.kubectl, llmisvc.ADMITTED)


@pytest.fixture(scope="session")
def dry(cluster: Cluster) -> Iterator[DryRun]:
    """What would the cluster say: one namespace for all tests that store nothing."""
    with _namespace(cluster) as within, dry_run(within) as asked:
        yield asked


@contextmanager
def _namespace(cluster: Cluster) -> Iterator[Kubectl]:
    within = cluster.kubectl.within(f"e2e-{uuid.uuid4().hex[:8]}")
    within.run("create", "namespace", within.namespace)
    yield within
    within.run("delete", "namespace", within.namespace, "--wait=false")


@pytest.fixture
def release(cluster: Cluster, kubectl: Kubectl, helm4: Path) -> Iterator[Release]:
    """The chart in the test's namespace, not installed yet; uninstalled at the end."""
    release = Release(helm4, kubectl, cluster.image, kubectl.namespace)
    yield release
    release.uninstall()


@pytest.fixture(params=["helm3", "helm4"])
def either(request: pytest.FixtureRequest, release: Release) -> Release:
    """The same, by each helm."""
    return replace(release, helm=request.getfixturevalue(request.param))


@pytest.fixture
def files(release: Release) -> Release:
    """The same, and the serving runtime that shows a model's files."""
    release.kubectl.apply(files_runtime(release.image))
    return release


@pytest.fixture
def registry(cluster: Cluster, modelkits: dict[str, ModelKit]) -> Iterator[Registry]:
    """A registry that pods and the node reach, with the ModelKit iris as golden/iris:v1."""
    with Registry(address=f"{cluster.address}:0") as started:
        cluster.allow_plain_http(started)
        _push(started, modelkits["iris"])
        yield started


@pytest.fixture
def private_registry(cluster: Cluster, modelkits: dict[str, ModelKit]) -> Iterator[Registry]:
    """The same behind basic authentication."""
    with Registry(Basic("reader", "s3cr3t-b4sic-in-a-cluster"), f"{cluster.address}:0") as started:
        cluster.allow_plain_http(started)
        _push(started, modelkits["iris"])
        yield started


def _push(registry: Registry, modelkit: ModelKit) -> None:
    registry.push_layout(modelkit.archive, modelkit.repository, "v1")


def pytest_configure(config: pytest.Config) -> None:
    """Keep what becomes of the scenarios."""
    config.pluginmanager.register(Results())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report: pytest.TestReport = yield  # type: ignore[assignment]
    if call.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report  # type: ignore[return-value]
