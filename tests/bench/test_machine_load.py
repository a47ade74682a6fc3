"""What is said of the machine beside a figure, and when a figure says nothing."""

import pytest

from tests.bench.machine_load import Load, Watch
from tests.bench.report import Row

QUIET, BUSY, STOLEN = Load(0.02, 0.01, 0.4), Load(0.3, 0.0, 9.0), Load(0.0, 0.1, 0.4)


@pytest.mark.parametrize(
    ("load", "verdict"),
    [
        pytest.param(None, "**missed**", id="a figure that no load changes"),
        pytest.param(QUIET, "**missed**", id="a quiet machine"),
        pytest.param(BUSY, "spoiled by a busy machine", id="other processes"),
        pytest.param(STOLEN, "spoiled by a busy machine", id="a busy host"),
    ],
)
def test_a_row_says_what_it_is_worth(load: Load | None, verdict: str) -> None:
    line = Row("work", 1.0, 2.0, "x", "2 s of 1 s", load).line()

    assert line.split(" | ")[3] == verdict
    assert (load.text if load else "") in line


def test_a_watch_sees_parts_of_the_machine() -> None:
    load = Watch().load

    assert 0 <= load.others <= 1
    assert 0 <= load.steal <= 1
    assert load.average >= 0
