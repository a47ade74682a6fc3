"""The examples in --help work as they are printed."""

import subprocess
import sys
from pathlib import Path

import pytest
from kitserve.cli import explain, render, schema, validate
from kitserve.crds import structures

from tests.generator.command_line import CommandLine

# What stands behind a pipe is somebody else's; what it is given isn't lost.
OTHERS = f"""set -o pipefail
kitserve() {{ {sys.executable} -m kitserve "$@"; }}
kubectl() {{ cat > applied; }}
jq() {{ cat > queried; }}
"""
VALUES = """\
inferenceServices:
  iris:
    modelFormat: {name: sklearn}
    storageUri: kit://registry.example.com/models/iris:v1
"""
EXAMPLES = [
    line.strip()
    for module in (render, validate, explain, schema)
    for line in module.EXAMPLES.splitlines()
    if line.startswith("  kitserve")
]


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", OTHERS + line], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path, kitserve: CommandLine) -> Path:
    """A folder with the files that the examples name."""
    (tmp_path / "values.yaml").write_text(VALUES)
    (tmp_path / "production.yaml").write_text("image: {tag: v1}\n")
    manifest = kitserve("render", "-f", tmp_path / "values.yaml").out
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "all.yaml").write_text(manifest)
    (tmp_path / "inferenceservice.yaml").write_text(manifest.split("---\n")[-1])
    return tmp_path


@pytest.mark.parametrize("line", [line for line in EXAMPLES if "--cluster" not in line])
def test_example_works(line: str, folder: Path) -> None:
    before = {*folder.rglob("*")}

    ran = run(line, folder)

    assert ran.returncode == 0, ran.stderr
    written = {*folder.rglob("*")} - before
    assert all(path.stat().st_size for path in written)
    assert ran.stdout or written or ran.stderr.endswith(": no problems\n")


def test_example_of_a_cluster_asks_one(folder: Path) -> None:
    (line,) = (line for line in EXAMPLES if "--cluster" in line)

    ran = run(f"PATH=/nowhere\n{line}", folder)

    assert ran.returncode == 4
    assert "error: " in ran.stderr


def test_the_default_version_is_the_newest_whose_crds_are_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = " ".join(CommandLine(monkeypatch, capsys)("validate", "--help").out.split())

    assert f"Default: {structures.released()[-1]}, the newest" in said
