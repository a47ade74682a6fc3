"""What a long run says on its way: not often, not on a short one, and the right numbers."""

import json
import logging
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from kitserve_initializer.engines.progress import Counter, Progress
from kitserve_initializer.log.lines import EVERY_SECONDS, formatter

from tests.image.initializer import Initializer
from tests.image.packing import file, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

MIB = 1024 * 1024


class Clock:
    """A clock that a test turns."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Keeper(logging.Handler):
    """Keeps records in a list."""

    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__()
        self.records = records

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[logging.LogRecord]]:
    """The log's records, as they come. A command that ran in this process has silenced those of progress."""
    records: list[logging.LogRecord] = []
    log, handler = logging.getLogger("kitserve_initializer"), Keeper(records)
    monkeypatch.setattr(log.getChild("progress"), "disabled", False)
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield records
    log.removeHandler(handler)
    log.setLevel(level)


def written(record: logging.LogRecord) -> str:
    """A line of text, without its time and level."""
    return formatter("text").format(record).split(" ", 2)[2]


def told(record: logging.LogRecord) -> dict[str, Any]:
    """What a line of JSON holds."""
    fields: dict[str, Any] = json.loads(formatter("json").format(record))
    return fields


def let_come(progress: Progress, clock: Clock, counter: Counter, rates: Iterable[int]) -> None:
    """Let bytes come for seconds, each with its number of bytes."""
    for rate in rates:
        counter.fetched += rate
        clock.now += 1
        progress.look()


def test_a_line_comes_after_ten_seconds_with_rate_and_time_left(lines: list[logging.LogRecord]) -> None:
    clock = Clock()
    progress = Progress(1000 * MIB, clock=clock)
    one, other = progress.counter(), progress.counter()
    one.fetched, other.fetched, clock.now = 15 * MIB, 5 * MIB, EVERY_SECONDS - 0.1
    progress.look()
    assert not lines
    clock.now = EVERY_SECONDS
    progress.look()

    (line,) = lines
    assert written(line) == "20.0 MiB of 1000.0 MiB (2%), 2.0 MiB/s, 8 min 5 s left"
    fields = told(line)
    assert (fields["event"], fields["level"]) == ("progress", "info")
    assert fields["bytes"] == 20 * MIB
    assert fields["total_bytes"] == 1000 * MIB
    assert fields["seconds_left"] == 485


def test_a_line_comes_after_a_twentieth(lines: list[logging.LogRecord]) -> None:
    clock = Clock()
    progress = Progress(1000 * MIB, clock=clock)
    counter = progress.counter()
    for step in range(1, 1001):
        counter.fetched, clock.now = step * MIB, step / 1000
        progress.look()

    assert len(lines) == 20
    assert written(lines[-1]) == "1000.0 MiB of 1000.0 MiB (100%), 1000.0 MiB/s, 0.0 s left"


def test_a_stall_is_told_with_its_length(lines: list[logging.LogRecord]) -> None:
    clock = Clock()
    progress = Progress(1000 * MIB, clock=clock)
    let_come(progress, clock, progress.counter(), [*[MIB] * 10, *[0] * 30])

    assert [told(line)["event"] for line in lines] == ["progress", "stalled", "stalled", "stalled"]
    assert written(lines[-1]) == "10.0 MiB of 1000.0 MiB (1%), no byte comes for 30 s"
    assert told(lines[-1])["seconds"] == 30
    assert "seconds_left" not in told(lines[-1])


def test_a_stall_whose_cause_is_told_is_no_line_too(lines: list[logging.LogRecord]) -> None:
    clock = Clock()
    progress = Progress(1000 * MIB, clock=clock, is_awaited=lambda: clock.now > 20)
    let_come(progress, clock, progress.counter(), [*[MIB] * 10, *[0] * 30, *[MIB] * 10])

    assert [told(line)["event"] for line in lines] == ["progress", "stalled", "progress"]


JITTER = [0, 30, 2, 1, 25, 0, 0, 12, 3, 27, 10, 0, 14, 6]
"""MiB of each second, as a network has it that others use too. Its length isn't that between two lines."""

NETWORKS = {
    "jitter": JITTER * 40,
    "a stall of five minutes": JITTER * 20 + [0] * 300 + JITTER * 30,
    "a burst from a cache at the beginning": [200] * 5 + JITTER * 40,
    "chunks that lie apart": [0, 0, 0, 0, 0, 0, 50] * 90,
}


@pytest.mark.parametrize("seconds", NETWORKS.values(), ids=NETWORKS)
def test_the_time_left_is_steady(lines: list[logging.LogRecord], seconds: list[int]) -> None:
    """It jumps from no line to the next, and ends where it should."""
    clock = Clock()
    progress = Progress(sum(seconds) * MIB, clock=clock)
    let_come(progress, clock, progress.counter(), [each * MIB for each in seconds])

    left = [fields["seconds_left"] for fields in map(told, lines) if fields["event"] == "progress"][3:]
    assert len(left) > 30
    assert max(left) < len(seconds)
    assert [
        (one, other) for one, other in pairwise(left[:-1]) if not 0.6 < (other + 10) / (one + 10) < 1.5
    ] == []
    assert left[-1] < 60


def test_a_network_that_halves_is_followed_within_minutes(lines: list[logging.LogRecord]) -> None:
    clock = Clock()
    progress = Progress(100_000 * MIB, clock=clock)
    let_come(progress, clock, progress.counter(), [*[100 * MIB] * 300, *[50 * MIB] * 240])

    assert told(lines[-1])["bytes_per_second"] == pytest.approx(50 * MIB, rel=0.05)


def test_what_a_run_before_fetched_is_done_and_not_fast(lines: list[logging.LogRecord]) -> None:
    clock = Clock()
    progress = Progress(1000 * MIB, 400 * MIB, clock)
    counter = progress.counter()
    counter.kept = 500 * MIB
    progress.look()
    let_come(progress, clock, counter, [MIB] * 10)

    assert [written(line) for line in lines] == [
        "900.0 MiB of 1000.0 MiB (90%), no byte is fetched yet: verifying what a run before left",
        "910.0 MiB of 1000.0 MiB (91%), 1.0 MiB/s, 1 min 30 s left",
    ]


# Looks at once and says it at every look, as a run of minutes does in its time.
IMPATIENT = """
import sys
import kitserve_initializer.engines.progress as progress
import kitserve_initializer.wire.pace as pace
pace.STALL_SECONDS = 1
progress.LOOK_SECONDS, progress.EVERY_SECONDS = 0.05, 0.0
import kitserve_initializer.__main__ as main
sys.exit(main.main())
"""


@pytest.mark.parametrize("flags", ["", "--progress none"])
def test_a_run_that_takes_long_says_how_far_it_is(
    registry: Registry, initializer: Initializer, flags: str
) -> None:
    made = pack(registry, layer(file("part-0", b"w" * 2_000_000)))

    def stall(path: str) -> Fault | None:
        """Once: the rest comes by Range when nothing has come for a while."""
        if not path.endswith(made.layers[0]) or proxy.stalled.is_set():
            return None
        return Fault(cut=1_000_000, stall=True)

    with Proxy(registry.url, stall) as proxy:
        run = initializer.run_program(
            IMPATIENT,
            f"kit://{proxy.host}/{made.repository}:v1",
            f"--plain-http {flags}",
            KITSERVE_LOG_FORMAT="json",
        )

    assert run.exit == 0, run.stderr
    said = [line for line in map(json.loads, run.stderr.splitlines()) if "percent" in line]
    assert bool(said) is not bool(flags)
    assert all(0 <= line["bytes"] <= line["total_bytes"] for line in said)
    if said:
        assert any(0 < line["bytes"] < line["total_bytes"] for line in said)
        assert {"progress", "stalled"} <= {line["event"] for line in said}


def test_a_short_run_says_nothing_of_it(registry: Registry, initializer: Initializer) -> None:
    run = initializer(f"kit://{registry.host}/golden/base:v1", KITSERVE_LOG_FORMAT="json")

    assert run.exit == 0, run.stderr
    assert "percent" not in run.stderr
