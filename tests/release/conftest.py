"""Fixtures for releases: the programs that they run, under the names by which they run them."""

import pytest

from tests.release.programs import link


@pytest.fixture(scope="session")
def _linked(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("programs") / "bin"
    link(folder, ("cosign3", "helm4", "oras"))
    return str(folder)


@pytest.fixture
def programs(_linked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """cosign, helm and oras, first on PATH."""
    monkeypatch.setenv("PATH", _linked, prepend=":")
    monkeypatch.setenv("COSIGN_PASSWORD", "")
