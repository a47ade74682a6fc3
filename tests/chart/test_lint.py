"""What helm says of the chart itself."""

import subprocess
from pathlib import Path

import pytest

from tests.cases import ACCEPTED, REPOSITORY

CHART = REPOSITORY / "chart"


@pytest.mark.parametrize("helm", [pytest.param("helm3", marks=pytest.mark.thorough), "helm4"])
def test_lint_is_clean_with_every_case(helm: str, request: pytest.FixtureRequest) -> None:
    program: Path = request.getfixturevalue(helm)

    for case in ACCEPTED:
        ran = subprocess.run(
            [program, "lint", "--strict", CHART, "-f", case], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("helm", ["helm3", "helm4"])
def test_works_below_a_parent_chart_that_can_switch_it_off(
    helm: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    program: Path = request.getfixturevalue(helm)
    dependency = {"name": "kitserve", "version": "0.1.0", "condition": "kitserve.enabled"}
    (tmp_path / "Chart.yaml").write_text(
        f"apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies: [{dependency}]\n"
    )
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "kitserve").symlink_to(CHART)

    def render(*settings: str) -> str:
        command: list[str | Path] = [
            program,
            "template",
            "parent",
            tmp_path,
            "--set",
            "global.imageRegistry=x",
            *settings,
        ]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert 'name: "kitops"' in render("--set", "kitserve.enabled=true,kitserve.image.tag=v9")
    assert "ClusterStorageContainer" not in render("--set", "kitserve.enabled=false")
