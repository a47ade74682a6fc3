"""`make bench`: every row of the table of speed and cost, measured in one run, each beside its target."""

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tests.bench import kserve_storage, manifests, report, signatures
from tests.bench.blobs import SMALL_FILES, Work, works
from tests.bench.machine_load import Watch
from tests.bench.measure import Command, peak, seconds, until_request
from tests.bench.modelkits import digest, push
from tests.bench.report import RUNS, Row
from tests.bench.throttle import Throttle
from tests.parts.registry import Registry

RATE = 40_000_000
BESIDE_KSERVE = ("four-plain", "four-gzip", "one-gzip")
_HASH = """
import hashlib, sys
from concurrent.futures import ThreadPoolExecutor
def read(path):
    with open(path, "rb") as file: hashlib.file_digest(file, "sha256")
list(ThreadPoolExecutor().map(read, sys.argv[1:]))
"""


@dataclass(frozen=True)
class Bench:
    """A registry with every work in it, and who unpacks beside us."""

    registry: Registry
    works: dict[str, Work]
    repositories: dict[str, str]
    kit: str | None
    storage: Path
    """The Python that has KServe's own initializer."""

    def ours(self, name: str, host: str = "") -> Command:
        """The initializer."""
        source = f"kit://{host or self.registry.host}/{self.repositories[name]}"
        return lambda folder: [sys.executable, "-m", "kitserve_initializer", source, str(folder)]

    def theirs(self, name: str, host: str = "") -> Command:
        """`kit unpack` where there is a kit, else `curl | tar`."""
        if not self.kit:
            return self.piped(name, host)
        source = f"{host or self.registry.host}/{self.repositories[name]}"
        return lambda folder: [str(self.kit), "unpack", source, "-d", str(folder), "--plain-http"]

    def kserve(self, name: str) -> Command:
        """KServe's own initializer, from an image of the same layers."""
        return kserve_storage.command(self.storage, f"{self.registry.host}/bench/{name}-image:v1")

    def piped(self, name: str, host: str = "") -> Command:
        """`curl | tar`, all layers at a time."""
        work = self.works[name]
        base = f"http://{host or self.registry.host}/v2/bench/{name}/blobs"
        unzip = "z" * work.gzip
        urls = [f"{base}/{digest(path)}" for path in work.layers]
        pipes = [f'curl -sfL {url} | tar -x{unzip}f - -C "$0" &' for url in urls]
        return lambda folder: ["sh", "-c", f"{' '.join(pipes)} wait", str(folder)]

    def hashed(self, name: str) -> Command:
        """sha256 of the layers, and nothing else, over all cores."""
        paths = [str(path) for path in self.works[name].layers]
        return lambda _: [sys.executable, "-c", _HASH, *paths]


def one_core(command: Command) -> Command:
    """The same on one core, as under KServe's default CPU limit."""
    return lambda folder: ["taskset", "-c", "0", *command(folder)]


def rows(bench: Bench) -> Iterator[Row]:
    """Measure, row by row."""
    environment = _environment()
    yield from _beside_both(bench, "four-plain", "plain tar layers", (1.3, 0.5))
    bounds = bench.piped("four-plain"), bench.hashed("four-plain")
    what = "plain tar layers, of the larger of `curl | tar` and sha256 alone"
    yield _ratio(what, 1.25, bench.ours("four-plain"), *bounds)
    yield from _beside_both(bench, "four-gzip", "gzip layers, two cores", (0.27, 0.4))
    one = one_core(bench.ours("four-gzip")), one_core(bench.theirs("four-gzip"))
    yield _ratio("gzip layers, one core", 0.45, *one)
    # Where a config says no diffIds, nothing is hashed twice.
    ours, theirs = bench.ours("four-gzip-without-diff-ids"), bench.theirs("four-gzip")
    yield _ratio("gzip layers without diffIds, two cores", 0.27, ours, theirs)
    yield _ratio("gzip layers without diffIds, one core", 0.45, one_core(ours), one_core(theirs))
    yield from _beside_both(bench, "one-gzip", "one single 1 GiB gzip layer, two cores", (0.25, 0.4))
    with Throttle(bench.registry.url, RATE) as slow:
        pair = bench.ours("one-plain", slow.host), bench.theirs("one-plain", slow.host)
        yield _ratio("one 1 GiB plain layer at 40 MB/s a connection", 0.30, *pair, runs=1)
    pair = bench.ours("small-files"), bench.theirs("small-files")
    yield _ratio(f"{SMALL_FILES:,} small files", 1.1, *pair)
    watch = Watch()
    started = until_request(_started, environment, RUNS)
    yield Row("process start to first request", 0.2, started, "s", load=watch.load)
    yield from signatures.rows(bench.registry, environment)
    yield from _costs(bench, environment)


def _beside_both(bench: Bench, name: str, what: str, targets: tuple[float, float]) -> Iterator[Row]:
    """How long the initializer takes, of `kit` and of KServe's own: all three by turns."""
    commands = bench.ours(name), bench.theirs(name), bench.kserve(name)
    watch = Watch()
    mine, *others = seconds(commands, _environment(), RUNS)
    load = watch.load
    for other, target, whose in zip(others, targets, ("", ", of KServe's own initializer"), strict=True):
        told = f"{mine:.2f} s of {other:.2f} s"
        yield Row(f"{what}{whose}", target, mine / other, "x", told, load)


def _costs(bench: Bench, environment: dict[str, str]) -> Iterator[Row]:
    peaks = {name: peak(bench.ours(name), environment) for name in bench.works}
    yield Row(
        "peak resident memory, up to 10 GiB sparse",
        96,
        max(each.memory for each in peaks.values()) / 2**20,
        "MiB",
    )
    yield Row("open files", 64, max(each.files for each in peaks.values()), "")
    disk = max(each.disk / bench.works[name].size for name, each in peaks.items())
    yield Row("disk at the peak, of the unpacked size", 1.02, disk, "x")


def _ratio(what: str, target: float, ours: Command, *theirs: Command, runs: int = RUNS) -> Row:
    """How long the initializer takes, of the slowest of the others."""
    watch = Watch()
    mine, *others = seconds((ours, *theirs), _environment(), runs)
    told = f"{mine:.2f} s of {max(others):.2f} s"
    return Row(what, target, mine / max(others), "x", told, watch.load)


def _started(host: str) -> list[str]:
    return [sys.executable, "-m", "kitserve_initializer", f"kit://{host}/a:v1", "/nonexistent"]


def _environment() -> dict[str, str]:
    home = {name: os.environ[name] for name in ("HOME", "PATH", "PYTHONPATH") if name in os.environ}
    return {**home, "KIT_UNPACK_FLAGS": "--plain-http"}


def main(show: Callable[[str], None] = print) -> int:
    """Measure, show each row as it is there, and write the page; 1 when a target is missed on a quiet machine."""
    kit = shutil.which("kit")
    show(f"beside {kit}" if kit else "there is no `kit` on PATH: measured beside `curl | tar`")
    found = []
    with Registry() as registry:
        all_works = works()
        repositories = {name: push(registry, work) for name, work in all_works.items()}
        bare = "four-gzip-without-diff-ids"
        repositories[bare] = push(registry, all_works["four-gzip"], diff_ids=False)
        for name in BESIDE_KSERVE:
            kserve_storage.push(registry, all_works[name])
        bench = Bench(registry, all_works, repositories, kit, kserve_storage.installed())
        for row in chain(rows(bench), manifests.rows()):
            show(row.line())
            found.append(row)
    report.write(Path(__file__).parents[2] / "docs" / "benchmarks.md", found, kit)
    return 0 if all(row.met or row.is_spoiled for row in found) else 1


if __name__ == "__main__":
    print(shlex.join(sys.argv), flush=True)
    sys.exit(main(lambda line: print(line, flush=True)))
