"""The table, and what it was measured on."""

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench import kserve_storage
from tests.bench.machine_load import Load

RUNS = 3
"""Of each command, where nothing else is said."""

_INTRODUCTION = """# Speed and cost

Written by `make bench`: 1 GiB of float16 (normally distributed weights) in ModelKits, in a registry on loopback. Each
ratio is the initializer's time, with every byte verified, to that of {beside}, which verifies nothing.
Times are the fastest of {runs} runs (at 40 MB/s: one run), by turns. Rows that say so are measured beside KServe's own
initializer, of its package kserve-storage {storage}, which verifies nothing either. Rows about `kitserve` name what
they are compared with. The machine: the parts of its cores' time that other processes had meanwhile and that its host
took, and the load average. With more than 5 % of both together a row is spoiled, and says nothing.

| Work | Measured | Target | | Seconds | The machine |
| --- | --- | --- | --- | --- | --- |
"""

_BEFORE = (
    "[Decision 0013](decisions/0013-once-through-the-data.md) has the figures of `kitserve` before and after the data "
    "goes through it once.\n"
)


@dataclass(frozen=True)
class Row:
    """A measured number and the most that it may be."""

    what: str
    target: float
    measured: float
    unit: str
    seconds: str = ""
    load: Load | None = None
    """What else the machine did meanwhile, where that counts."""

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.measured <= self.target

    @property
    def is_spoiled(self) -> bool:
        """Whether the machine was too busy for the number to say anything."""
        return self.load is not None and self.load.is_spoiled

    def line(self) -> str:
        """The row as a line of the table."""
        verdict = "met" if self.met else "**missed**"
        if self.is_spoiled:
            verdict = "spoiled by a busy machine"
        measured = f"{self.measured:.3g} {self.unit}".strip()
        target = f"≤ {self.target:g} {self.unit}".strip()
        load = self.load.text if self.load else ""
        return f"| {self.what} | {measured} | {target} | {verdict} | {self.seconds} | {load} |"


def write(path: Path, rows: list[Row], kit: str | None) -> None:
    """Write the page."""
    beside = "`kit unpack`" if kit else "`curl \\| tar` (there was no `kit` on PATH)"
    table = "\n".join(row.line() for row in rows)
    introduction = _INTRODUCTION.format(beside=beside, runs=RUNS, storage=kserve_storage.VERSION)
    path.write_text(f"{introduction}{table}\n\n{_machine(kit)}\n\n{_BEFORE}")


def _machine(kit: str | None) -> str:
    facts = {
        "Day": f"{datetime.now(UTC):%Y-%m-%d}",
        "Cores": str(len(os.sched_getaffinity(0))),
        "CPU": _cpu(),
        "Kernel": platform.release(),
        "Python": platform.python_version(),
        "urllib3, zlib-ng": f"{version('urllib3')}, {version('zlib-ng')}",
        "kit": _kit(kit),
    }
    return "\n".join(f"- {name}: {value}" for name, value in facts.items())


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


def _kit(kit: str | None) -> str:
    if not kit:
        return "none"
    said = subprocess.run([kit, "version"], capture_output=True, text=True, check=False).stdout
    return "; ".join(line.strip() for line in said.splitlines()[:2])
