"""The steps of action.yml, run as GitHub's runner runs them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cases import REPOSITORY
from tests.ci.conftest import PIP, block, damage, plant

ACTION: dict[str, Any] = YAML(typ="safe").load((REPOSITORY / "action.yml").read_text())


class Runner:
    """Runs composite actions in a project."""

    def __init__(self, project: Path, action: Path, temporary: Path) -> None:
        self._project, self._action, self._temporary = project, action, temporary

    def run(self, step: str, given: dict[str, Any], **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the step of that name with some inputs, and variables that the job sets."""
        inputs = {name: str(facts.get("default", "")) for name, facts in ACTION["inputs"].items()}
        inputs |= {name: "true" if value is True else str(value) for name, value in given.items()}
        (found,) = (each for each in ACTION["runs"]["steps"] if each["name"] == step)
        return self._step(found, inputs, variables)

    def _step(
        self, step: dict[str, Any], inputs: dict[str, str], variables: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]  # what a user writes reaches a script through its environment only
        resolved = {
            name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: inputs[found[1]], value)
            for name, value in step.get("env", {}).items()
        }
        own = {"GITHUB_ACTION_PATH": str(self._action), "RUNNER_TEMP": str(self._temporary)}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self._project,
            env=os.environ | PIP | variables | resolved | own,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def runner(project: Path, kitserve_repository: Path, tmp_path: Path) -> Runner:
    return Runner(project, kitserve_repository, tmp_path)


def test_the_workflow_of_the_page_passes_and_annotates(project: Path, runner: Runner) -> None:
    (step,) = (
        step
        for step in YAML(typ="safe").load(block("yaml", "GitHub"))["jobs"]["kitserve"]["steps"]
        if "kitserve" in step["uses"]
    )
    given = step["with"] | {"python": sys.executable}
    assert set(given) <= set(ACTION["inputs"])
    for name in ("Install kitserve", "Check"):
        passed = runner.run(name, given)
        assert passed.returncode == 0, passed.stdout + passed.stderr

    damage(project)
    failed = runner.run("Check", given)
    assert failed.returncode == 1
    assert "::error file=values.yaml,line=4,col=5,title=KS020::" in failed.stdout
    assert "::error file=manifests/iris.yaml,line=8,col=7,title=KS133::" in failed.stdout

    tolerant = runner.run(
        "Check", given | {"strict": "false", "files": "manifests", "kserve-version": "0.19"}
    )
    assert (tolerant.returncode, tolerant.stdout[:10]) == (0, "::warning ")

    no_option = runner.run("Check", given | {"files": "values.yaml --help"})
    assert no_option.returncode == 1
    assert "::error file=--help,line=1,col=1,title=KS001::can't be read" in no_option.stdout


def test_nothing_in_the_checkout_is_run(project: Path, runner: Runner, tmp_path: Path) -> None:
    proof = plant(project)
    left = tmp_path / "kitserve" / "environment"
    shutil.copytree(project / ".kitserve", left)
    given = {"files": "values.yaml manifests/iris.yaml", "python": sys.executable}
    # A job may have set these for the tests of the project.
    variables = {
        "PYTHONPATH": ".",
        "PYTHONSTARTUP": "venv.py",
        "PYTHONHOME": "",
        "PIP_CONFIG_FILE": "pip.conf",
    }

    for name in ("Install kitserve", "Check"):
        ran = runner.run(name, given, **variables)
        assert ran.returncode == 0, ran.stdout + ran.stderr

    assert not proof.exists()
    assert not [*left.rglob("planted.pth")]
