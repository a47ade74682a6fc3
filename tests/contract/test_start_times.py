"""The table of starts says what the bench measures, and its ratios are those of its own seconds."""

import re
from pathlib import Path

import pytest
from kitserve.values.schema import schema

from tests.bench.cluster import report
from tests.bench.cluster.report import BEGIN, COLUMNS, END, PAGE, Row, targets
from tests.bench.cluster.ways import BASE_LINE, IMAGE_VOLUME, INITIALIZER, VOLUME, ways

TEXT = PAGE.read_text()
TABLE = TEXT.partition(BEGIN)[2].partition(END)[0]
LINES = [line for line in TABLE.splitlines() if line.startswith("| ")][2:]
SECONDS = r"([\d.]+) s \(([\d.]+) to ([\d.]+)\)"


def row(line: str) -> Row:
    """What a line of the table says, read back."""
    way, first, later, _, disk, left = (cell.strip() for cell in line.strip("|").split("|"))
    if not later:
        return Row(way, (), (), missing=first)
    cold, warm = (tuple(map(float, re.fullmatch(SECONDS, cell).groups())) for cell in (first, later))  # type: ignore[union-attr]
    return Row(way, cold, warm, float(disk.rstrip(" x")), float(left.rstrip(" x")))


ROWS = {found.way: found for found in map(row, LINES)}


def median(seconds: tuple[float, ...]) -> float:
    return sorted(seconds)[1]


def test_the_table_has_a_row_for_each_way() -> None:
    assert f"| {' | '.join(COLUMNS)} |" in TABLE
    assert list(ROWS) == [way.name for way in ways()]


@pytest.mark.parametrize("line", LINES, ids=ROWS)
def test_a_ratio_is_that_of_the_seconds_beside_it(line: str) -> None:
    assert row(line).line(median(ROWS[BASE_LINE].warm)) == line


def test_what_the_targets_say_is_what_the_rows_say() -> None:
    assert [each.line() for each in targets(tuple(ROWS.values()))] == re.findall("^- .*", TABLE, re.MULTILINE)


def test_the_page_says_what_was_measured() -> None:
    image, initializer, volume = (ROWS[name] for name in (IMAGE_VOLUME, INITIALIZER, VOLUME))

    assert median(image.cold) > median(initializer.cold), "the slowest first start"
    assert max(median(image.warm), median(volume.warm)) < median(initializer.warm), "later starts are faster"
    assert [round(each) for each in (image.disk, image.left, initializer.disk, initializer.left)] == [
        2,
        2,
        1,
        0,
    ]
    assert [round(each) for each in (volume.disk, volume.left)] == [1, 1]


def test_the_page_compares_every_delivery() -> None:
    known = schema()["properties"]["inferenceServiceDefaults"]["properties"]["delivery"]["enum"]
    (head,) = re.findall(r"^\| \| (`.*`) \|$", TEXT, re.MULTILINE)

    assert {*known} - {""} <= {cell.strip("`") for cell in head.split(" | ")}


def test_a_new_table_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")

    report.write(page, f"{BEGIN}\nnew\n{END}\n")

    assert page.read_text() == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
