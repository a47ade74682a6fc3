"""docs/reference/faults.md has a row for each fault that is tested, and no other."""

import importlib
from pathlib import Path

from tests.cases import REPOSITORY
from tests.image.faults.fault_table import ROWS

PAGE = REPOSITORY / "docs/reference/faults.md"


def rows_of_tests() -> dict[str, int]:
    """Fault as a test names it -> exit code. The modules beside this one name them when they are imported."""
    for path in Path(__file__).parent.glob("test_*.py"):
        importlib.import_module(f"{__package__}.{path.stem}")
    return dict(ROWS)


def test_the_page_has_every_row_that_is_tested() -> None:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    page = [row for row in cells if row[0] not in ("Fault", "---")]

    assert {row[0]: int(row[2]) for row in page} == rows_of_tests()
    assert len(page) == len({row[0] for row in page})
    assert all(row[1] for row in page)
