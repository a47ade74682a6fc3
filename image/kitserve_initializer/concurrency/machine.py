"""What a container may use of the machine that it runs on: of its cores, and of its memory."""

from __future__ import annotations

import math
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kitserve_initializer.concurrency.control_groups import folders, read

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALLOWED = re.compile(r"^Cpus_allowed_list:\s*([\d,-]+)$", re.MULTILINE)


class Machine(NamedTuple):
    """Cores, of which a quota may give a part, and bytes of memory; infinite without a limit."""

    cores: float
    memory: float


def machine(root: Path = Path("/")) -> Machine:
    """Return what this process may use; what the kernel doesn't say is no limit.

    `root` is where the file system is that has /proc/self and /sys/fs/cgroup.
    """
    return Machine(min(_affinity(root), _quota(root)), _memory(root))


def _affinity(root: Path) -> int:
    """Return the cores that the process may run on: a cpuset takes some away, of any version and at any level."""
    allowed = _ALLOWED.search(read(root / "proc/self/status"))
    with suppress(ValueError):
        if allowed and (count := sum(map(_length, allowed[1].split(",")))) > 0:
            return count
    return os.cpu_count() or 1


def _length(span: str) -> int:
    """Return how many numbers a span such as `0-3` has."""
    first, dash, last = span.partition("-")
    return int(last) - int(first) + 1 if dash else 1


def _quota(root: Path) -> float:
    """Return the cores whose time a process gets in each period, by the smallest limit."""
    return min((_share(each) for each in folders(root, "cpu")), default=math.inf)


def _share(folder: Path) -> float:
    """Return a group's own quota: `cpu.max` of version 2 holds both numbers, or `max` and a period."""
    period = _number(read(folder / "cpu.cfs_period_us"))
    quota = _number(read(folder / "cpu.cfs_quota_us"))
    if told := read(folder / "cpu.max").split():
        quota, period = _number(told[0]), _number(told[-1])
    return quota / period if math.isfinite(quota) and math.isfinite(period) else math.inf


def _memory(root: Path) -> float:
    names = ("memory.max", "memory.limit_in_bytes")
    limits: Iterable[float] = (
        _number(read(folder / name)) for folder in folders(root, "memory") for name in names
    )
    return min(limits, default=math.inf)


def _number(text: str) -> float:
    """Return a positive number; infinity for `max`, for -1, and for none."""
    with suppress(ValueError):
        if (found := int(text)) > 0:
            return found
    return math.inf
