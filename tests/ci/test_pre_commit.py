"""pre-commit itself runs the hook, from the configuration that the page shows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ci.conftest import block, damage, git

pytestmark = pytest.mark.thorough  # environments are made, hooks installed


@pytest.fixture
def environment(environment: dict[str, str], run_folder: Path) -> dict[str, str]:
    """With one folder for all: the hook is installed once. pre-commit locks it."""
    return environment | {"PRE_COMMIT_HOME": str(run_folder / "pre-commit")}


def run(project: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never"]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_the_hook_of_the_page_passes_and_fails(project: Path, environment: dict[str, str]) -> None:
    (project / ".pre-commit-config.yaml").write_text(block("yaml", "pre-commit"))
    (project / "notes.yaml").write_text("- no values")

    passed = run(project, environment)
    assert (passed.returncode, "Passed" in passed.stdout) == (0, True), passed.stdout + passed.stderr

    damage(project)
    failed = run(project, environment)
    assert failed.returncode == 1
    assert "values.yaml:4:5: error[KS020]" in failed.stdout
    assert "manifests/iris.yaml:8:7: error[KS133]" in failed.stdout
    assert "notes.yaml" not in failed.stdout


def test_no_file_is_an_option(project: Path, environment: dict[str, str]) -> None:
    shown = block("yaml", "pre-commit")
    (project / ".pre-commit-config.yaml").write_text(re.sub("files: .*", "files: ^--.*", shown))
    (project / "--kserve-version=0.19.yaml").write_text("image: {tga: v1}\n")
    git(project, "add", "--all")

    ran = run(project, environment)

    assert "--kserve-version=0.19.yaml:1:9: error[KS020]" in ran.stdout, ran.stdout + ran.stderr
