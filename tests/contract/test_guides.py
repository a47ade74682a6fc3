"""What docs/guide shows works, and what it says is tested is."""

import re
from pathlib import Path

import pytest
from kitserve_initializer.errors import exit_codes

from tests.cases import REPOSITORY
from tests.cases.guides import GUIDES, SHOWN
from tests.generator.command_line import CommandLine

PAGES = [REPOSITORY / "README.md", REPOSITORY / "chart" / "README.md", *GUIDES]
SIZING = (REPOSITORY / "docs" / "guide" / "sizing.md").read_text()
MEASURED = (REPOSITORY / "docs" / "benchmarks.md").read_text()
TROUBLES = (REPOSITORY / "docs" / "guide" / "troubleshooting.md").read_text()


@pytest.mark.parametrize("shown", SHOWN)
def test_values_that_are_shown_are_valid(shown: str, kitserve: CommandLine) -> None:
    run = kitserve("validate", "-", stdin=SHOWN[shown])

    assert run.exit_code == 0, run.err


def test_the_way_back_to_kitops_image_touches_the_storage_container_only(
    kitserve: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (REPOSITORY / "docs" / "guide" / "from-kitops.md").read_text()
    (command,) = re.findall(r"^\$ kitserve (render .*) \| kubectl replace -f -$", page, re.MULTILINE)
    monkeypatch.chdir(REPOSITORY)

    run = kitserve(*command.split(), "-o", "name")

    assert run.out.split() == ["clusterstoragecontainer.serving.kserve.io/kitops"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_name_one_namespace_and_create_it_first(page: Path) -> None:
    shown = re.findall(r"^ *\$ (.*)", page.read_text(), re.MULTILINE)
    named = {name for command in shown for name in re.findall(r" -n (\S+)", command)}
    applied = [number for number, command in enumerate(shown) if "kubectl apply" in command]
    created = [number for number, command in enumerate(shown) if "create namespace models" in command]

    assert named <= {"models"}
    assert not applied or min(created) < min(applied)


def test_the_bounds_in_sizing_are_measured() -> None:
    bounds = re.findall(r"≤ [0-9.]+(?: x| MiB)?", SIZING)
    targets = {cell.strip() for line in MEASURED.splitlines() for cell in line.split("|")}

    assert len(bounds) > 2
    assert set(bounds) <= targets


@pytest.mark.parametrize(
    ("what", "row"),
    [
        ("memory", "peak resident memory, up to 10 GiB sparse"),
        ("disk at the peak", "disk at the peak, of the unpacked size"),
        ("open files", "open files"),
    ],
)
def test_what_sizing_says_is_measured_is_what_was_measured(what: str, row: str) -> None:
    said, measured = (
        re.search(rf"^\| {re.escape(name)} \| ([\d.]+)( x| MiB|) ", page, re.MULTILINE)
        for page, name in ((SIZING, what), (MEASURED, row))
    )

    assert said
    assert measured
    assert (said[1], said[2]) == (f"{float(measured[1]):.0f}", measured[2])


def test_every_symptom_names_a_test_and_every_exit_code_exists() -> None:
    lines = [line for line in TROUBLES.splitlines() if line.startswith("| ")]
    rows = [line for line in lines if not line.startswith(("| Symptom |", "| --- |"))]
    known = {int(code) for code, *_ in exit_codes()}

    assert rows
    assert [row for row in rows if not re.search(r"`tests/[\w/]+/test_\w+\.py` \|$", row)] == []
    assert {int(code) for code in re.findall(r"xit code (\d+)", TROUBLES)} <= known
