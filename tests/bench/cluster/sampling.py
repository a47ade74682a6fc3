"""Starts of every way, by turns."""

from collections.abc import Callable, Sequence
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


def measure(site: Site, ways: Sequence[Way], rounds: int, say: Callable[[str], None]) -> tuple[Samples, ...]:
    """Measure all ways round by round, so that what else the machine does hits none of them alone."""
    measured = tuple(Samples(way) for way in ways)
    for number in range(1, rounds + 1):
        for samples in measured:
            if samples.way.missing:
                continue
            _measure(site, samples)
            warm = ", ".join(f"{each:.2f}" for each in samples.warm[-WARM_STARTS:])
            say(
                f"round {number} of {rounds}, {samples.way.name}: cold {samples.cold[-1]:.2f} s, warm {warm} s"
            )
    return measured


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
