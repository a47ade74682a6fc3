"""Fixtures of the initializer's tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.image.certificates import Company, found
from tests.image.initializer import Initializer
from tests.parts.certificates import Pair
from tests.parts.modelkits import modelkits
from tests.parts.registry import Registry
from tests.parts.token_server import TokenServer


@pytest.fixture
def initializer(tmp_path: Path) -> Initializer:
    return Initializer(tmp_path)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return found(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return found(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="session")
def tls_registry(company: Company) -> Iterator[Registry]:
    """A registry and its token server, both known to the company's people only."""
    tokens = Pair.issue("localhost", company.authority).context(company.folder)
    with TokenServer(tls=tokens) as server, Registry(server, tls=company.tls()) as registry:
        registry.push_layout(modelkits()["iris"].archive, "golden/iris", "v1")
        yield registry


@pytest.fixture(scope="session")
def mutual_registry(company: Company) -> Iterator[Registry]:
    """A registry that wants a client's certificate."""
    with Registry(tls=company.tls(client=True)) as registry:
        registry.push_layout(modelkits()["iris"].archive, "golden/iris", "v1")
        yield registry


@pytest.fixture
def engine() -> dict[str, str]:
    """The variables that choose the engine; without a `kit` the test is reported as an expected failure."""
    if not shutil.which("kit"):
        pytest.xfail("there is no `kit` on PATH: the engine `kit` is NOT compared with the native one")
    return {"KITSERVE_ENGINE": "kit"}
