"""pre-commit itself runs the hook, from the configuration that the page shows."""

import subprocess
import sys
from pathlib import Path

from tests.ci.conftest import block, damage


def run(project: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    home = {"PRE_COMMIT_HOME": str(project.parent / "home")}
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never"]
    return subprocess.run(
        command, cwd=project, env=environment | home, capture_output=True, text=True, check=False
    )


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
