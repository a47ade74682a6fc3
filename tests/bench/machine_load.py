"""What else the machine does while something is measured: others' CPU time, what the host takes, and the load."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_SPOILED = 0.05
"""The part of the cores' time that others may have; with more, ratios are no longer those of a quiet machine."""


@dataclass(frozen=True)
class Load:
    """Parts of the cores' time that other processes and the host (steal) had, and the load average of a minute."""

    others: float
    steal: float
    average: float

    @property
    def is_spoiled(self) -> bool:
        """Whether a figure measured meanwhile says too little."""
        return self.others + self.steal > _SPOILED

    @property
    def text(self) -> str:
        """The same for a table."""
        return f"others {self.others:.0%}, steal {self.steal:.0%}, load {self.average:.1f}"


class Watch:
    """Begins to look; `load` is what there was since."""

    def __init__(self) -> None:
        self._since, self._times, self._own = time.monotonic(), _times(), _own()

    @property
    def load(self) -> Load:
        """What others did since then."""
        cores = os.cpu_count() or 1
        spent = max(time.monotonic() - self._since, 0.001) * cores
        busy, stolen = (now - then for now, then in zip(_times(), self._times, strict=True))
        others = max(0.0, busy - (_own() - self._own))
        return Load(min(1.0, others / spent), min(1.0, stolen / spent), os.getloadavg()[0])


def _times() -> tuple[float, float]:
    """Seconds of CPU that the whole machine was busy, and that its host took (proc_stat(5))."""
    user, nice, system, _, _, irq, softirq, steal, *_ = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    )
    return (user + nice + system + irq + softirq) / _TICKS, steal / _TICKS


def _own() -> float:
    """Seconds of CPU of this process and of all below it, those that have ended included."""
    return sum(map(_of, _tree(os.getpid())))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                yield from _tree(int(child))


def _of(pid: int) -> float:
    """Seconds of a process and of the children that it waited for: fields 14 to 17 of proc_pid_stat(5)."""
    with suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / _TICKS
    return 0.0
