"""The table of starts, and its place in the guide."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from tests.bench.cluster.content import MIB
from tests.bench.cluster.sampling import Samples
from tests.bench.cluster.ways import BASE_LINE, IMAGE_VOLUME, INITIALIZER, KSERVE

PAGE = Path(__file__).parents[3] / "docs" / "guide" / "delivery.md"
BEGIN, END = "<!-- begin: make bench-cluster -->", "<!-- end: make bench-cluster -->"
MEBIBYTES, ROUNDS = 2048, 3
"""What the page shows."""
COLUMNS = ("Way", "First start", "Later starts", "Later, of a pod without a model", "Disk", "Disk later")


@dataclass(frozen=True)
class Row:
    """What was measured of a way: seconds of starts, and multiples of the model's size; nothing of one left out."""

    way: str
    cold: tuple[float, ...]
    warm: tuple[float, ...]
    disk: float = 0
    left: float = 0
    missing: str = ""

    def line(self, base_line: float) -> str:
        """The row as a line of the table; `base_line` is the seconds of a pod without a model."""
        if self.missing:
            return f"| {self.way} | {self.missing} | | | | |"
        ratio = f"{_rounded(median(self.warm)) / base_line:.2f} x"
        cells = (
            self.way,
            _spread(self.cold),
            _spread(self.warm),
            ratio,
            f"{self.disk:.1f} x",
            f"{self.left:.1f} x",
        )
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True)
class Target:
    """A ratio of two medians, and the most that it may be."""

    what: str
    most: float
    measured: float

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.measured <= self.most

    def line(self) -> str:
        """The target as a line of a list."""
        verdict = "met" if self.met else "**missed**"
        return f"- {self.what}: {self.measured:.2f} x, target ≤ {self.most:g} x, {verdict}"


def row(samples: Samples, mebibytes: int) -> Row:
    """Return a way's row."""
    if samples.way.missing:
        return Row(samples.way.name, (), (), missing=samples.way.missing)
    disk, left = (median(each) / (mebibytes * MIB) for each in (samples.disk, samples.left))
    return Row(samples.way.name, tuple(samples.cold), tuple(samples.warm), max(disk, 0.0), max(left, 0.0))


def targets(rows: Sequence[Row]) -> tuple[Target, Target]:
    """Return what the rows have to show, of what the table says of them."""
    cold = {each.way: _rounded(median(each.cold)) for each in rows if each.cold}
    warm = {each.way: _rounded(median(each.warm)) for each in rows if each.warm}
    return (
        Target(f"{IMAGE_VOLUME}, later starts, of {BASE_LINE}", 1.2, warm[IMAGE_VOLUME] / warm[BASE_LINE]),
        Target(f"{INITIALIZER}, first start, of {KSERVE}", 0.7, cold[INITIALIZER] / cold[KSERVE]),
    )


def section(rows: Sequence[Row], mebibytes: int) -> str:
    """Return what the bench writes into the guide, between its marks."""
    base_line = next(_rounded(median(each.warm)) for each in rows if each.way == BASE_LINE)
    head = (f"| {' | '.join(COLUMNS)} |", "| --- |" + " --- |" * (len(COLUMNS) - 1))
    table = "\n".join([*head, *(each.line(base_line) for each in rows)])
    verdicts = "\n".join(each.line() for each in targets(rows))
    return (
        f"{BEGIN}\n\n{_introduction(mebibytes, rows[0])}\n\n{table}\n\n{verdicts}\n\n{_machine()}\n\n{END}\n"
    )


def write(page: Path, text: str) -> None:
    """Put the section into a page, between the marks that it has.

    Raises:
        ValueError: the page has no marks.
    """
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(f"{END}\n")
    if not (begin and end):
        raise ValueError(f"{page} has no place for the table")
    page.write_text(f"{before}{text}{after}")


def _introduction(mebibytes: int, row: Row) -> str:
    first, later = len(row.cold), len(row.warm)
    return f"""\
Written by `make bench-cluster`: {mebibytes / 1024:g} GiB of random bytes in four layers, one node, a registry on it.
First starts, on a node that has nothing of the model, and later ones: seconds from apply to the first answer over
HTTP of a server that starts in one second, as the median (fastest to slowest) of {first} and {later}. Disk: what the
node holds more while the pod is there, and when it is gone, as a multiple of the model's size."""


def _spread(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"


def _rounded(seconds: float) -> float:
    """Return a number as the table has it, so that a reader gets the ratios that it says."""
    return round(seconds, 2)


def _machine() -> str:
    load = os.getloadavg()[2]
    return (
        f"Day: {datetime.now(UTC):%Y-%m-%d}. Cores: {len(os.sched_getaffinity(0))}. Kernel: {platform.release()}. "
        f"Load in the 15 minutes before the end: {load:.1f}."
    )
