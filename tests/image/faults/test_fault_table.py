"""docs/reference/faults.md has a row for each fault that is tested, and no other."""

import json
import subprocess
import sys

from tests.cases import REPOSITORY

PAGE = REPOSITORY / "docs/reference/faults.md"

# Lets pytest collect the tests beside this one, and prints the rows that they name.
COLLECTED = """
import json, sys, pytest
from tests.image.faults.fault_table import ROWS
code = pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", sys.argv[1]])
print(json.dumps(ROWS))
sys.exit(code)
"""


def rows_of_tests() -> dict[str, int]:
    """Fault as a test names it -> exit code."""
    command = [sys.executable, "-c", COLLECTED, "tests/image/faults"]
    collected = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert collected.returncode == 0, collected.stdout
    rows: dict[str, int] = json.loads(collected.stdout.splitlines()[-1])
    return rows


def test_the_page_has_every_row_that_is_tested() -> None:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    page = [row for row in cells if row[0] not in ("Fault", "---")]

    assert {row[0]: int(row[2]) for row in page} == rows_of_tests()
    assert len(page) == len({row[0] for row in page})
    assert all(row[1] for row in page)
