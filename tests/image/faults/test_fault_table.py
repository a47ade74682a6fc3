"""docs/reference/faults.md has a row for each fault that is tested, and no other."""

from pathlib import Path

from tests.image.faults import test_faults, test_faults_of_content
from tests.image.faults.fault_table import ROWS

PAGE = Path(__file__).parents[3] / "docs/reference/faults.md"


def test_the_page_has_every_row_that_is_tested() -> None:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    page = [row for row in cells if row[0] not in ("Fault", "---")]

    assert test_faults, test_faults_of_content
    assert {row[0]: int(row[2]) for row in page} == ROWS
    assert len(page) == len(ROWS)
    assert all(row[1] for row in page)
