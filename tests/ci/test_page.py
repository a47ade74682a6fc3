"""GitLab's job and the shell's commands of the page, run as they stand there."""

import subprocess
import venv
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.ci.conftest import PAGE, block, damage, plant

pytestmark = pytest.mark.thorough  # environments are made, hooks installed


def bash(script: str, project: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_job_for_gitlab_passes_and_fails(
    project: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    job = YAML(typ="safe").load(block("yaml", "GitLab"))["kitserve"]
    image = tmp_path / "image"
    venv.create(image, with_pip=True)
    inside = environment | {"PATH": f"{image}/bin:{environment['PATH']}"}
    proof = plant(project)
    # The image's packages are the machine's here: git is there.
    prepared = bash(
        "\n".join(line for line in job["before_script"] if "apt-get" not in line), project, inside
    )
    assert prepared.returncode == 0, prepared.stderr
    script = "\n".join(job["script"])
    assert not proof.exists()

    assert bash(script, project, inside).returncode == 0
    damage(project)
    failed = bash(script, project, inside)
    assert (failed.returncode, "values.yaml:4:5: error[KS020]" in failed.stderr) == (1, True)


def test_the_commands_for_a_shell_pass_and_fail(
    project: Path, environment: dict[str, str], helm4: Path
) -> None:
    script = block("sh", "A shell, and any other CI")
    proof = plant(project)
    passed = bash(script, project, environment)
    assert passed.returncode == 0, passed.stderr
    assert not proof.exists()

    chart = project / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: any\nversion: 0.1.0\n")
    (chart / "templates" / "iris.yaml").write_text((project / "manifests/iris.yaml").read_text())
    (project / "helm").symlink_to(helm4)
    (piped,) = (line for line in PAGE.splitlines() if line.startswith("helm template"))
    with_helm = environment | {"PATH": f"{project}:{environment['PATH']}"}
    assert bash(piped, project, with_helm).returncode == 0

    damage(project)
    failed = bash(script.splitlines()[-1], project, environment)
    assert (failed.returncode, "values.yaml:4:5: error[KS020]" in failed.stderr) == (1, True)
