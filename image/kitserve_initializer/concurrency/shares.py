"""How a run divides what its container may use: layers unpacked at a time, ranges fetched ahead, stages.

Each core is worth a layer at a time and four ranges; `--concurrency` decides instead where it is given
(docs/decisions/0041).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kitserve_initializer.concurrency.machine import Machine

_CORES_LEAST, _CORES_MOST = 2, 8
"""Cores that are counted. One layer waits for its registry while another one has the only core; and more than eight
layers at a time are more connections than a registry should have to bear."""

_RANGES_PER_CORE = 4
RANGES_LIMIT = _CORES_MOST * _RANGES_PER_CORE

_MEMORY_PER_CORE = 32 * 1024 * 1024
"""Bytes that a layer and four ranges take at most, zstd's window included. The run itself takes as much once."""

_MEMORY_PART = 2
"""The half of its memory limit is what a container uses on purpose: the rest holds pages of files on their way."""


class Shares(NamedTuple):
    """Layers that are unpacked at a time; ranges fetched ahead at a time, over all layers; cores and memory."""

    layers: int
    ranges: int
    cores: float
    memory: float = math.inf

    def stages(self, streams: int) -> bool:
        """Return whether so many streams leave cores for stages: to fetch, inflate and write each in parallel."""
        return min(streams, self.layers) < self.cores

    def spills(self, size: int) -> bool:
        """Return whether files of so many bytes have no room in memory, whose limit counts their pages."""
        return size > self.memory


ALONE = Shares(1, 0, 1)
"""One layer, over one connection."""


def divide(machine: Machine, concurrency: int = 0) -> Shares:
    """Return the shares of a machine; with `concurrency` so many layers, and no ranges if that is one."""
    cores = max(_CORES_LEAST, int(min(_CORES_MOST, math.ceil(machine.cores), _affordable(machine.memory))))
    layers, ranges = cores, cores * _RANGES_PER_CORE
    if concurrency:
        # One connection at a time is what --concurrency 1 asks for.
        layers, ranges = concurrency, min(concurrency, ranges) if concurrency > 1 else 0
    return Shares(layers, ranges, machine.cores, machine.memory)


def _affordable(memory: float) -> float:
    return memory / _MEMORY_PART / _MEMORY_PER_CORE - 1
