"""GitHub's workflows: what two linters say of them, and that they have next to nothing of their own."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cases import REPOSITORY
from tests.parts.tools import tool

FOLDER = REPOSITORY / ".github"
WORKFLOWS = sorted((FOLDER / "workflows").glob("*.yml"))
MAKEFILE = (REPOSITORY / "Makefile").read_text()
ROOT = 'sudo --preserve-env env "PATH=$PATH" "HOME=$HOME" '
# What only GitHub has: the page of a release, and files that root wrote there.
OWN = ("gh release create ", 'sudo chown -R "$USER" dist')
WRITES = {
    "release.yml": {"packages", "id-token", "attestations", "contents"},
    "codeql.yml": {"security-events"},
    "scorecard.yml": {"security-events", "id-token"},
}
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
BROKEN = {
    "an action by its tag": (f"{CHECKOUT} # v7.0.1", "actions/checkout@v7"),
    "a login that stays": ("persist-credentials: false\n          fetch-depth: 0", "fetch-depth: 0"),
    "all permissions": ("permissions: {}\n", "permissions: write-all\n"),
    "an event in a script": ("run: make release-login", "run: echo ${{ github.event.head_commit.message }}"),
}


def document(path: Path) -> dict[str, Any]:
    """A workflow, in which `on` isn't true as in YAML 1.1."""
    found: dict[str, Any] = YAML(typ="safe").load(path)
    return found


def jobs() -> list[tuple[str, dict[str, Any]]]:
    return [(path.name, job) for path in WORKFLOWS for job in document(path)["jobs"].values()]


def steps() -> list[dict[str, Any]]:
    return [step for _, job in jobs() for step in job["steps"]]


def zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("zizmor")
    command: list[str | Path] = [
        program,
        "--offline",
        "--no-progress",
        "--color=never",
        "--persona=pedantic",
        *paths,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_actionlint_finds_nothing() -> None:
    command: list[str | Path] = [tool("actionlint"), "-color=false", *WORKFLOWS]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (0, "")


def test_actionlint_finds_what_is_wrong(tmp_path: Path) -> None:
    broken = tmp_path / "ci.yml"
    broken.write_text((FOLDER / "workflows/ci.yml").read_text().replace("matrix.python", "matrix.pythom"))

    ran = subprocess.run([tool("actionlint"), broken], capture_output=True, text=True, check=False)

    assert (ran.returncode, "pythom" in ran.stdout) == (1, True)


def test_zizmor_finds_nothing() -> None:
    ran = zizmor(FOLDER, REPOSITORY / "action.yml")

    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize(("right", "wrong"), BROKEN.values(), ids=BROKEN)
def test_zizmor_finds_what_is_wrong(right: str, wrong: str, tmp_path: Path) -> None:
    text = (FOLDER / "workflows/release.yml").read_text()
    assert right in text
    (tmp_path / "release.yml").write_text(text.replace(right, wrong))

    assert zizmor(tmp_path / "release.yml").returncode > 1


def test_actions_are_named_by_commit_and_version() -> None:
    named = [line.strip() for path in WORKFLOWS for line in path.read_text().splitlines() if "uses: " in line]

    assert named
    assert not [
        line for line in named if not re.fullmatch(r"(- )?uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
    ]


def test_one_action_has_one_commit() -> None:
    named = {step["uses"] for step in steps() if "uses" in step}
    repositories = {(use.split("@")[0].split("/")[1], use.split("@")[1]) for use in named}

    assert len(repositories) == len({name for name, _ in repositories})


def test_a_step_runs_what_can_be_run_here() -> None:
    scripts = [step["run"] for step in steps() if "run" in step]
    rest = [script.removeprefix(ROOT) for script in scripts if not script.startswith(OWN)]
    targets = [script.split()[1] for script in rest if script.startswith("make ")]

    assert [script for script in rest if not script.startswith(("make ", ".ci/run"))] == []
    assert {*targets} == {"e2e", "release", "release-login", "test-command"}
    assert {*targets} <= {*re.findall(r"(?m)^([a-z0-9-]+):", MAKEFILE)}


def test_nobody_may_more_than_a_job_needs() -> None:
    assert [path.name for path in WORKFLOWS if document(path)["permissions"] != {}] == []
    may_write: dict[str, set[str]] = {}
    for name, job in jobs():
        may_write.setdefault(name, set()).update(
            what for what, may in job["permissions"].items() if may == "write"
        )
    assert {name: found for name, found in may_write.items() if found} == WRITES


def test_dependabot_knows_every_ecosystem() -> None:
    told = {each["package-ecosystem"] for each in document(FOLDER / "dependabot.yml")["updates"]}

    assert told == {"pip", "docker", "github-actions"}
    assert not [*REPOSITORY.glob("**/package.json"), *(REPOSITORY / "tests").glob("**/go.mod")]


@pytest.mark.parametrize("name", ["bug.yml", "wish.yml"])
def test_forms_for_issues_ask_and_lead_to_pages_that_are_there(name: str) -> None:
    text = (FOLDER / "ISSUE_TEMPLATE" / name).read_text()
    form = YAML(typ="safe").load(text)

    assert {"name", "description", "body"} <= {*form}
    assert {each["type"] for each in form["body"]} <= {"markdown", "textarea", "input", "dropdown"}
    assert not [page for page in re.findall(r"[\w/]+\.md", text) if not (REPOSITORY / page).exists()]
