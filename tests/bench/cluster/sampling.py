"""Starts of every way, by turns."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.bench.cluster.content import warm_up
from tests.bench.cluster.site import Site
from tests.bench.cluster.start import gone_after, seconds
from tests.bench.cluster.ways import Way

WARM_STARTS = 2
"""In each round, after one cold start."""


@dataclass
class Samples:
    """What was measured of a way: seconds of starts, and bytes on the node's disk with a pod and after it."""

    way: Way
    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    disk: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    def last(self) -> str:
        """Return the last round's starts in words."""
        warm = ", ".join(f"{each:.2f}" for each in self.warm[-WARM_STARTS:])
        return f"{self.way.name}: first {self.cold[-1]:.2f} s, later {warm} s"


def measure(
    site: Site, ways: Sequence[Way], rounds: int, say: Callable[[str], None]
) -> Iterator[tuple[Samples, ...]]:
    """Measure all ways round by round, so that what else the machine does hits none of them alone.

    Yields what there is after each round: a run that is stopped was not for nothing.
    """
    measured = tuple(Samples(way) for way in ways)
    for number in range(1, rounds + 1):
        for samples in measured:
            if not samples.way.missing:
                _measure(site, samples)
                say(f"round {number} of {rounds}, {samples.last()}")
        yield measured


def _measure(site: Site, samples: Samples) -> None:
    way, service = samples.way, samples.way.service(site)
    way.forget(site)
    warm_up(site.registry, (*site.content.modelkit, *site.content.car))
    before = site.disk()
    way.prepare(site)
    with gone_after(site.kubectl, service):
        samples.cold.append(seconds(site.kubectl, service, way.path))
        samples.disk.append(site.disk() - before)
    samples.left.append(site.disk() - before)
    for _ in range(WARM_STARTS):
        with gone_after(site.kubectl, service):
            samples.warm.append(seconds(site.kubectl, service, way.path))
    # The disk has room for one way at a time.
    way.forget(site)
