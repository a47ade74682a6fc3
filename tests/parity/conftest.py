"""The packaged chart and the installed wheel, outside the checkout."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.cases import REPOSITORY
from tests.generator.command_line import CommandLine
from tests.parity.renderers import Helm, Kitserve
from tests.parts import cache
from tests.parts.wheel import build_initializers_wheel, build_wheel


@pytest.fixture(scope="session")
def packaged_chart(helm3: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chart")
    subprocess.run([helm3, "package", REPOSITORY / "chart", "-d", folder], check=True, capture_output=True)
    (package,) = folder.glob("*.tgz")
    return package


@pytest.fixture(scope="session")
def helms(helm3: Path, helm4: Path, packaged_chart: Path) -> list[Helm]:
    return [Helm(helm3, packaged_chart), Helm(helm4, packaged_chart)]


@pytest.fixture
def command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command in this process, for what isn't asked of the wheel."""
    return CommandLine(monkeypatch, capsys)


@pytest.fixture(scope="session")
def kitserve(run_folder: Path) -> Kitserve:
    """In an environment of its own, which the first process that asks makes for all of the run."""
    folder = run_folder / "wheel"
    with cache.locked(run_folder / "wheel.lock", "the wheel's environment"):
        if not (folder / "ready").exists():
            _install_wheel(folder)
            (folder / "ready").touch()
    return Kitserve(folder / "venv" / "bin" / "kitserve")


def _install_wheel(folder: Path) -> None:
    wheels = build_wheel(folder), build_initializers_wheel(folder)
    venv.create(folder / "venv")
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", folder / "venv" / "bin" / "python"]
    subprocess.run([*pip, "install", "--quiet", *wheels], check=True, capture_output=True)
