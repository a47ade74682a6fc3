"""The packaged chart and the installed wheel, outside the checkout."""

import subprocess
import venv
from pathlib import Path

import pytest

from tests.cases import REPOSITORY
from tests.parity.renderers import Helm, Kitserve
from tests.parts.wheel import build_wheel


@pytest.fixture(scope="session")
def packaged_chart(helm3: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chart")
    subprocess.run([helm3, "package", REPOSITORY / "chart", "-d", folder], check=True, capture_output=True)
    (package,) = folder.glob("*.tgz")
    return package


@pytest.fixture(scope="session", params=["helm3", "helm4"])
def helm(request: pytest.FixtureRequest, packaged_chart: Path) -> Helm:
    return Helm(request.getfixturevalue(request.param), packaged_chart)


@pytest.fixture(scope="session")
def kitserve(tmp_path_factory: pytest.TempPathFactory) -> Kitserve:
    folder = tmp_path_factory.mktemp("wheel")
    wheel = build_wheel(folder)
    venv.create(folder / "venv", with_pip=True)
    pip: list[str | Path] = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", wheel]
    subprocess.run(pip, check=True, capture_output=True)
    return Kitserve(folder / "venv" / "bin" / "kitserve")
