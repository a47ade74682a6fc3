"""`make bench`: every row of the table of speed and cost, measured in one run, each beside its target."""

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tests.bench import manifests, report, signatures
from tests.bench.blobs import SMALL_FILES, Work, works
from tests.bench.measure import Command, peak, seconds, until_request
from tests.bench.modelkits import digest, push
from tests.bench.report import RUNS, Row
from tests.bench.throttle import Throttle
from tests.parts.registry import Registry

RATE = 40_000_000
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
    yield _ratio("gzip layers, two cores", 0.27, bench.ours("four-gzip"), bench.theirs("four-gzip"))
    one = one_core(bench.ours("four-gzip")), one_core(bench.theirs("four-gzip"))
    yield _ratio("gzip layers, one core", 0.49, *one)
    # Where a config says no diffIds, nothing is hashed twice.
    ours, theirs = bench.ours("four-gzip-without-diff-ids"), bench.theirs("four-gzip")
    yield _ratio("gzip layers without diffIds, two cores", 0.27, ours, theirs)
    yield _ratio("gzip layers without diffIds, one core", 0.49, one_core(ours), one_core(theirs))
    yield _ratio(
        "one single 1 GiB gzip layer, two cores", 0.40, bench.ours("one-gzip"), bench.theirs("one-gzip")
    )
    bounds = bench.piped("four-plain"), bench.hashed("four-plain")
    yield _ratio(
        "plain tar layers, of the larger of `curl | tar` and sha256 alone",
        1.25,
        bench.ours("four-plain"),
        *bounds,
    )
    with Throttle(bench.registry.url, RATE) as slow:
        pair = bench.ours("one-plain", slow.host), bench.theirs("one-plain", slow.host)
        yield _ratio("one 1 GiB plain layer at 40 MB/s a connection", 0.30, *pair, runs=1)
    pair = bench.ours("small-files"), bench.theirs("small-files")
    yield _ratio(f"{SMALL_FILES:,} small files", 1.0, *pair)
    yield Row("process start to first request", 0.2, until_request(_started, environment, RUNS), "s")
    yield from signatures.rows(bench.registry, environment)
    yield from _costs(bench, environment)


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
    mine, *others = seconds((ours, *theirs), _environment(), runs)
    return Row(what, target, mine / max(others), "x", f"{mine:.2f} s of {max(others):.2f} s")


def _started(host: str) -> list[str]:
    return [sys.executable, "-m", "kitserve_initializer", f"kit://{host}/a:v1", "/nonexistent"]


def _environment() -> dict[str, str]:
    home = {name: os.environ[name] for name in ("HOME", "PATH", "PYTHONPATH") if name in os.environ}
    return {**home, "KIT_UNPACK_FLAGS": "--plain-http"}


def main(show: Callable[[str], None] = print) -> int:
    """Measure, show each row as it is there, and write the page; 1 when a target is missed."""
    kit = shutil.which("kit")
    show(f"beside {kit}" if kit else "there is no `kit` on PATH: measured beside `curl | tar`")
    found = []
    with Registry() as registry:
        all_works = works()
        repositories = {name: push(registry, work) for name, work in all_works.items()}
        bare = "four-gzip-without-diff-ids"
        repositories[bare] = push(registry, all_works["four-gzip"], diff_ids=False)
        for row in chain(rows(Bench(registry, all_works, repositories, kit)), manifests.rows()):
            show(row.line())
            found.append(row)
    report.write(Path(__file__).parents[2] / "docs" / "benchmarks.md", found, kit)
    return 0 if all(row.met for row in found) else 1


if __name__ == "__main__":
    print(shlex.join(sys.argv), flush=True)
    sys.exit(main(lambda line: print(line, flush=True)))
