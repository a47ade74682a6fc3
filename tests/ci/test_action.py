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

pytestmark = pytest.mark.thorough  # environments are made, hooks installed

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


@pytest.fixture(scope="module")
def given() -> dict[str, Any]:
    """The inputs of the page's workflow, and this Python."""
    (step,) = (
        step
        for step in YAML(typ="safe").load(block("yaml", "GitHub"))["jobs"]["kitserve"]["steps"]
        if "kitserve" in step["uses"]
    )
    inputs: dict[str, Any] = step["with"] | {"python": sys.executable}
    assert set(inputs) <= set(ACTION["inputs"])
    return inputs


@pytest.fixture(scope="module")
def installed(
    given: dict[str, Any], kitserve_repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The runner's temporary folder after the step that installs."""
    temporary = tmp_path_factory.mktemp("installed")
    ran = Runner(temporary, kitserve_repository, temporary).run("Install kitserve", given)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return temporary


@pytest.fixture
def checker(project: Path, kitserve_repository: Path, installed: Path) -> Runner:
    """A runner for the steps after that."""
    return Runner(project, kitserve_repository, installed)


def test_the_workflow_of_the_page_passes_and_annotates(
    project: Path, checker: Runner, given: dict[str, Any]
) -> None:
    passed = checker.run("Check", given)
    assert passed.returncode == 0, passed.stdout + passed.stderr

    damage(project)
    failed = checker.run("Check", given)
    assert failed.returncode == 1
    assert "::error file=values.yaml,line=4,col=5,title=KS020::" in failed.stdout
    assert "::error file=manifests/iris.yaml,line=8,col=7,title=KS133::" in failed.stdout

    tolerant = checker.run(
        "Check", given | {"strict": "false", "files": "manifests", "kserve-version": "0.19"}
    )
    assert (tolerant.returncode, tolerant.stdout[:10]) == (0, "::warning ")


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


@pytest.mark.usefixtures("project")
def test_no_file_is_an_option(checker: Runner, given: dict[str, Any]) -> None:
    ran = checker.run("Check", given | {"files": "values.yaml --help"})

    assert ran.returncode == 1
    assert ran.stdout.startswith("::error file=--help,line=1,col=1,title=KS001::can't be read")
