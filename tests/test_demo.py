"""`make demo`."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import demo
from tests.cases import REPOSITORY
from tests.parts import go, tools
from tests.parts.go import Go, GoError
from tests.parts.process import Process
from tests.parts.tools import tool

# What a shell starts in the background ignores Ctrl-C, and so would all that it starts.
DEMO = ["env", "--default-signal=INT", sys.executable, "-m", "tests.demo"]


def environment(folder: Path) -> dict[str, str]:
    """Return the demo's environment, with its own folder for temporary files."""
    tool("registry")
    return {**os.environ, "TMPDIR": str(folder)}


def test_ends_in_the_prediction_and_leaves_nothing(tmp_path: Path) -> None:
    ran = subprocess.run(DEMO, env=environment(tmp_path), capture_output=True, text=True, check=True)

    assert ran.stdout.endswith("\n[0, 2]\n")
    assert "model.joblib" in ran.stdout
    assert list(tmp_path.iterdir()) == []


def test_says_what_it_builds_before_each_silent_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    seen: list[str] = []

    def source(_go: Go, module: str, _version: str) -> Path:
        seen.append(capfd.readouterr().err)
        (tmp_path / "go.mod").write_text(f"module {module}\n")
        (tmp_path / "go.sum").touch()
        return tmp_path

    def run(_go: Go, *_arguments: str, folder: Path, cgo: bool) -> str:
        assert (folder, cgo) == (tmp_path, False)
        seen.append(capfd.readouterr().err)
        raise GoError("no network")

    monkeypatch.setenv("KITSERVE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tools, "go", lambda: Go(Path("go")))
    monkeypatch.setattr(go, "module_folder", source)
    monkeypatch.setattr(Go, "run", run)
    wanted = tools.table()["registry"]
    monkeypatch.setattr(demo, "tool", tools.tool.__wrapped__)
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    with pytest.raises(SystemExit, match=r"registry .* can't be had: .*no network"):
        demo.main()

    version = wanted.source.version
    assert seen == [
        f"building registry {version}, about {wanted.seconds} s the first time:\n"
        f"  downloading the source, {wanted.source.module} {version}\n",
        "  downloading what it imports, and compiling\n",
    ]


def test_make_says_that_it_makes_an_environment_before_it_does(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        (tmp_path / name).write_text((REPOSITORY / name).read_text())
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "pyproject.toml").touch()
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\ncase "$*" in *venv*) echo "venv begins"; exit 1;; esac\n')
    python.chmod(0o755)

    ran = subprocess.run(
        ["make", "--no-print-directory", "demo", f"PYTHON={python}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode != 0
    assert ran.stdout.splitlines()[:3] == [
        "making a Python environment in .venv, about a minute the first time:",
        "  creating it",
        "venv begins",
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_interrupted_it_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    with Process(
        DEMO, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as demo:
        assert demo.stdout
        for line in demo.stdout:
            if "holds the ModelKit" in line:
                demo.send_signal(number)
        code = demo.wait()

    assert code == 128 + number
    assert list(tmp_path.iterdir()) == []
