"""Every code is explained, and its example has that problem and no other."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from kitserve.check import dry_run
from kitserve.check.codes import CODES
from kitserve.pins.codes import MOVED
from kitserve.problems import Code

from tests.generator.command_line import CommandLine


def test_codes_differ() -> None:
    assert len({code.code for code in CODES}) == len(CODES)


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_a_code_is_explained(code: Code) -> None:
    assert code.meaning.endswith(".")
    assert code.why.endswith((".", "!"))
    assert code.remedy.endswith(".")
    assert code.example


# What only a cluster says is in tests/e2e/test_asking_a_cluster.py, and what only a registry says in test_pin.py.
@pytest.mark.parametrize(
    "code", [code for code in CODES if code not in (*dry_run.CODES, MOVED)], ids=lambda code: code.code
)
def test_an_example_has_its_problem_and_no_other(code: Code, kitserve: CommandLine, tmp_path: Path) -> None:
    if code.example.startswith("$ "):
        reported = _run(code.example.removeprefix("$ "), tmp_path)
    else:
        reported = kitserve("validate", "-", stdin=code.example).err

    found = re.findall(r"^\S.*?:\d+:\d+: (\w+)\[(KS\d+)\]", reported, re.MULTILINE)
    assert set(found) == {(code.severity, code.code)}, reported


def _run(command: str, folder: Path) -> str:
    """What a command of the page writes to standard error."""
    script = f'kitserve() {{ {sys.executable} -m kitserve "$@"; }}; {command}'
    ran = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    return ran.stderr
