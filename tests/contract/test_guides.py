"""What docs/guide shows works, and what it says is tried is."""

import re

import pytest
from kitserve_initializer.errors import exit_codes

from tests.cases import REPOSITORY
from tests.generator.command_line import CommandLine

# What ci.md shows are other tools' files; tests/ci runs them.
GUIDES = sorted(
    set((REPOSITORY / "docs" / "guide").rglob("*.md")) - {REPOSITORY / "docs" / "guide" / "ci.md"}
)
SHOWN = {
    f"{page.stem}-{number}": text
    for page in GUIDES
    for number, text in enumerate(
        re.findall(r"^ *```yaml\n(.*?)^ *```", page.read_text(), re.DOTALL | re.MULTILINE)
    )
}
TROUBLES = (REPOSITORY / "docs" / "guide" / "troubleshooting.md").read_text()


@pytest.mark.parametrize("shown", SHOWN)
def test_values_that_are_shown_are_valid(shown: str, kitserve: CommandLine) -> None:
    run = kitserve("validate", "-", stdin=SHOWN[shown])

    assert run.exit_code == 0, run.err


def test_every_symptom_names_a_test_and_every_exit_code_exists() -> None:
    rows = [line for line in TROUBLES.splitlines() if line.startswith("| ") and "---" not in line][1:]
    known = {int(code) for code, *_ in exit_codes()}

    assert [row for row in rows if not re.search(r"`tests/[\w/]+/test_\w+\.py` \|$", row)] == []
    assert {int(code) for code in re.findall(r"xit code (\d+)", TROUBLES)} <= known
