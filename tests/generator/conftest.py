"""Fixtures of the generator's tests."""

from pathlib import Path

import pytest

from tests.parts import cache
from tests.parts.signing.keys import SigningKey, new_key


@pytest.fixture(scope="session")
def alice() -> SigningKey:
    return new_key()


@pytest.fixture(scope="session")
def mallory() -> SigningKey:
    return new_key()


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The home of a user who has no login, unless a test gives them one."""
    for name in ("DOCKER_CONFIG", "KITOPS_HOME", "REGISTRY_AUTH_FILE", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KITSERVE_CACHE", str(cache.folder()))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path
