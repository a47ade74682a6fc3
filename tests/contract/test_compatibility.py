"""The table of what works with which KServe is what runs have left; runs are of versions that the command knows."""

import subprocess
import sys
from pathlib import Path

import pytest
from codegen.go_module import RELEASES
from kitserve.crds import structures
from ruamel.yaml import YAML

from tests.cases import REPOSITORY
from tests.e2e import compatibility, features, versions
from tests.e2e.results import read
from tests.parts.tools import table

WORKFLOW = REPOSITORY / ".github/workflows/e2e.yml"


def test_the_page_has_the_table_that_the_results_give() -> None:
    (written,) = compatibility.TABLE.findall(compatibility.PAGE.read_text())

    assert written == compatibility.table()


def test_results_are_of_scenarios_and_releases_that_there_are() -> None:
    kept = {path.stem: read(path) for path in compatibility.KEPT.glob("*.json")}

    assert {*kept} <= {*RELEASES}
    assert {name for found in kept.values() for name in found} <= {*compatibility.titles()}


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({}, ""),
        ({"passed": 4}, "4"),
        ({"passed": 3, "needs canaries (KServe 0.20)": 1}, "3 of 4"),
        ({"needs canaries (KServe 0.20)": 2}, "none"),
        ({"passed": 3, "failed": 1}, "**1 of 4 fail**"),
    ],
)
def test_a_cell_says_what_became_of_a_file(counts: dict[str, int], shown: str) -> None:
    assert compatibility.cell(counts) == shown


def test_the_workflow_runs_every_release() -> None:
    job = YAML(typ="safe").load(WORKFLOW)["jobs"]["cluster"]

    assert job["strategy"]["matrix"]["kserve"] == [*RELEASES]


def test_a_run_is_of_the_newest_release_unless_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(versions.VARIABLE, "")
    assert versions.release() == table()["kserve-controller"].source.version == RELEASES[-1]

    monkeypatch.setenv(versions.VARIABLE, "0.15.2")
    assert (versions.release(), versions.minor()) == ("0.15.2", "0.15")


@pytest.mark.parametrize(
    "chosen", ["0.18.0", "0.15", "v0.15.2", "0.14.1", "0.21.0", "newest", "../0.15.2", " "]
)
@pytest.mark.parametrize("command", [["run", "-k", "nothing"], ["cluster", "up"]], ids=["run", "cluster"])
def test_a_release_that_isnt_known_ends_in_a_sentence_with_the_choices(
    chosen: str, command: list[str]
) -> None:
    name, *arguments = command
    ran = subprocess.run(
        [sys.executable, "-m", f"tests.e2e.{name}", *arguments],
        cwd=REPOSITORY,
        env={"PATH": str(Path(sys.executable).parent), versions.VARIABLE: chosen},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == f"there are no scenarios for KServe {chosen!r}: choose {', '.join(RELEASES)}\n"


@pytest.mark.parametrize("feature", [*features.FEATURES, *features.UNJUDGED])
def test_every_feature_came_with_a_release(feature: str) -> None:
    assert features.since(feature) in structures.released()
    assert features.since(feature) != structures.released()[0] or feature == "LocalModelCaches"


@pytest.mark.parametrize(("chosen", "is_left_out"), [("0.15.2", True), ("0.19.0", True), ("0.20.0", False)])
def test_a_scenario_is_left_out_where_kserve_lacks_what_it_needs(
    chosen: str, is_left_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(versions.VARIABLE, chosen)
    mark = features.needs("canaries").mark

    assert mark.args == (is_left_out,)
    assert mark.kwargs["reason"] == ("needs canaries (KServe 0.20)" if is_left_out else "needs ")
