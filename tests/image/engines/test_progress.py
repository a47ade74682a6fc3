"""What a long run says on its way: not often, not on a short one, and the right numbers."""

import json
import logging
from collections.abc import Iterator

import pytest
from kitserve_initializer.engines.progress import EVERY_SECONDS, Progress
from kitserve_initializer.log import LOG

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
def lines() -> Iterator[list[logging.LogRecord]]:
    """The log's records, as they come."""
    records: list[logging.LogRecord] = []
    handler = Keeper(records)
    level = LOG.level
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    yield records
    LOG.removeHandler(handler)
    LOG.setLevel(level)


def test_a_line_comes_after_ten_seconds_with_rate_and_time_left(lines: list[logging.LogRecord]) -> None:
    clock = Clock()
    progress = Progress(1000 * MIB, clock)
    one, other = progress.counter(), progress.counter()
    one.bytes, other.bytes, clock.now = 15 * MIB, 5 * MIB, EVERY_SECONDS - 0.1
    progress.look()
    assert not lines
    clock.now = EVERY_SECONDS
    progress.look()

    (line,) = lines
    assert line.getMessage() == "20.0 MiB of 1000.0 MiB (2%), 2.0 MiB/s, 8 min 10 s left"
    assert vars(line)["fields"] == {"bytes": 20 * MIB, "total": 1000 * MIB, "rate": 2 * MIB, "left": 490}


def test_a_line_comes_after_a_twentieth(lines: list[logging.LogRecord]) -> None:
    clock = Clock()
    progress = Progress(1000 * MIB, clock)
    counter = progress.counter()
    for step in range(1, 1001):
        counter.bytes, clock.now = step * MIB, step / 1000
        progress.look()

    assert len(lines) == 20
    assert lines[-1].getMessage() == "1000.0 MiB of 1000.0 MiB (100%), 1000.0 MiB/s, 0 s left"


def test_a_stall_is_said(lines: list[logging.LogRecord]) -> None:
    clock = Clock()
    progress = Progress(100, clock)
    clock.now = EVERY_SECONDS
    progress.look()

    assert lines[0].getMessage() == "0 bytes of 100 bytes (0%), 0 bytes/s, no byte comes"
    assert vars(lines[0])["fields"]["left"] is None


# Looks at once and says it at every look, as a run of minutes does in its time.
IMPATIENT = """
import sys
import kitserve_initializer.engines.progress as progress
import kitserve_initializer.http.pace as pace
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
    said = [line for line in map(json.loads, run.stderr.splitlines()) if "bytes" in line]
    assert bool(said) is not bool(flags)
    for line in said:
        assert {"ts", "level", "event", "bytes", "total", "rate", "left"} == line.keys()
        assert 0 <= line["bytes"] <= line["total"]
    if said:
        assert any(0 < line["bytes"] < line["total"] for line in said)


def test_a_short_run_says_nothing_of_it(registry: Registry, initializer: Initializer) -> None:
    run = initializer(f"kit://{registry.host}/golden/base:v1", KITSERVE_LOG_FORMAT="json")

    assert run.exit == 0, run.stderr
    assert "rate" not in run.stderr
