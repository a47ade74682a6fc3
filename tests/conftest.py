"""Fixtures for every test: the real tools, registries and ModelKits of tests/parts."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.case_ids import case_id
from tests.generator.command_line import CommandLine
from tests.parts.modelkits import ModelKit
from tests.parts.modelkits import modelkits as all_modelkits
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.registry import Basic, Registry
from tests.parts.signing.cosign import Cosign
from tests.parts.token_server import TokenServer
from tests.parts.tools import are_built, tool

# helm, the registry and KServe's judge spend a third of their time on collecting garbage; a few megabytes more save it.
os.environ.setdefault("GOGC", "400")

# The machine may be busy: no test asserts a time. And what lands must not depend on luck.
KITSERVE = settings(
    deadline=None,
    derandomize=True,
    max_examples=10,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
settings.register_profile("kitserve", KITSERVE)
# What `make test-thorough` asks for.
settings.register_profile("thorough", KITSERVE, max_examples=100)
# What `make fuzz` asks for: others with each run.
settings.register_profile("fuzz", KITSERVE, derandomize=False, max_examples=1000)
settings.load_profile("kitserve")


SECONDS = {
    "ci": 600,  # environments are made, hooks installed
    "parity": 600,  # the wheel's environment, and hundreds of runs of helm
    "e2e": 1200,  # pods start, images are pulled
}
"""What a test may take where that is more than pyproject.toml gives: folder of tests/ -> seconds."""
BUILDING = 3600
"""What any test may take while tools are missing."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Set the limits of SECONDS for tests that have none of their own, or BUILDING for all of them."""
    least = 0 if are_built() else BUILDING
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        seconds = max(least, SECONDS.get(folder, 0))
        if seconds and (least or not item.get_closest_marker("timeout")):
            item.add_marker(pytest.mark.timeout(seconds), append=False)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name cases that have no `ids`."""
    return case_id(val)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this run, one for all the processes that its tests are spread over: lock what you make there."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def helm3() -> Path:
    return tool("helm3")


@pytest.fixture(scope="session")
def helm4() -> Path:
    return tool("helm4")


@pytest.fixture(scope="session")
def modelkits() -> dict[str, ModelKit]:
    return all_modelkits()


@pytest.fixture(scope="session")
def registry(modelkits: dict[str, ModelKit]) -> Iterator[Registry]:
    """Anonymous, with every ModelKit as golden/NAME:v1. Shared: a test that damages storage starts its own."""
    with Registry() as started:
        _push_all(started, modelkits)
        yield started


@pytest.fixture(scope="session")
def private_registry(modelkits: dict[str, ModelKit]) -> Iterator[Registry]:
    """The same behind basic authentication; `auth` holds the user and the password."""
    with Registry(Basic("reader", "s3cr3t-b4sic")) as started:
        _push_all(started, modelkits)
        yield started


@pytest.fixture(scope="session")
def token_registry(modelkits: dict[str, ModelKit]) -> Iterator[Registry]:
    """The same behind a token server, which is its `auth`."""
    with TokenServer() as tokens, Registry(tokens) as started:
        _push_all(started, modelkits)
        yield started


@pytest.fixture(scope="session")
def referrers_registry(modelkits: dict[str, ModelKit]) -> Iterator[ReferrersRegistry]:
    """The same as `registry`, with the referrers API."""
    with ReferrersRegistry() as started:
        _push_all(started, modelkits)
        yield started


@pytest.fixture(scope="session")
def cosign3(tmp_path_factory: pytest.TempPathFactory) -> Cosign:
    return Cosign("cosign3", tmp_path_factory.mktemp("cosign3"))


@pytest.fixture(scope="session")
def cosign2(tmp_path_factory: pytest.TempPathFactory) -> Cosign:
    return Cosign("cosign2", tmp_path_factory.mktemp("cosign2"))


def _push_all(started: Registry, modelkits: dict[str, ModelKit]) -> None:
    for modelkit in modelkits.values():
        started.push_layout(modelkit.archive, modelkit.repository, "v1")


@pytest.fixture
def kitserve(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line in this process."""
    return CommandLine(monkeypatch, capsys)
