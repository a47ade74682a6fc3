"""`make bench-cluster`: a cluster of its own, every way to a model's server measured on it, and nothing left."""

import os
import signal
import subprocess
import sys

from release.artifacts.buildah import BuildError
from tests.bench.cluster import images
from tests.bench.cluster.report import MEBIBYTES, ROUNDS
from tests.e2e.lifecycle import Cluster, LifecycleError, cluster, sweep
from tests.e2e.machine import MachineError, check


def main(mebibytes: int, rounds: int) -> int:
    """Return 0 if every target is met, 1 if one is missed or nothing could be measured."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda caught, _: sys.exit(128 + caught))
    try:
        check()
        sweep()
        with cluster() as running:
            return _measure(running, mebibytes, rounds)
    except (BuildError, LifecycleError, MachineError) as error:
        print(error, file=sys.stderr)
        return 1


def _measure(running: Cluster, mebibytes: int, rounds: int) -> int:
    """Measure inside; what has to be fetched for that is fetched here, outside."""
    archives = images.prepare(running.layout.images)
    words = (sys.executable, "-m", "tests.bench.cluster.inside", *map(str, (mebibytes, rounds, *archives)))
    return subprocess.run(running.enter(*words), env=running.environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(int(os.environ.get("SIZE") or MEBIBYTES), int(os.environ.get("ROUNDS") or ROUNDS)))
