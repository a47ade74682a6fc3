"""Starts and ends a cluster from outside."""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e import keeper, versions
from tests.e2e.layout import FOLDERS, NODE_IP, PREFIX, READY, Layout

REPOSITORY = Path(__file__).parents[2]


class LifecycleError(RuntimeError):
    """The cluster can't be started or isn't there."""


@dataclass(frozen=True)
class Cluster:
    """A cluster that is up, seen from outside its namespaces."""

    layout: Layout

    def enter(self, *command: str) -> list[str]:
        """The command line that runs a command inside."""
        init = self.layout.init.read_text()
        return ["nsenter", f"--target={init}", "--net", "--mount", "--pid", f"--wd={Path.cwd()}", *command]

    def environment(self) -> dict[str, str]:
        """What the scenarios and kubectl read."""
        return {
            **os.environ,
            **self.layout.environment(),
            "PATH": f"{self.layout.programs}:{os.environ['PATH']}",
            "KUBECONFIG": str(self.layout.kubeconfig),
            "KITSERVE_E2E_KUBECONFIG": str(self.layout.kubeconfig),
            "KITSERVE_E2E_IMAGE": self.layout.image.read_text(),
            versions.VARIABLE: self.layout.kserve.read_text(),
            "KITSERVE_E2E_ADDRESS": NODE_IP,
            "KITSERVE_E2E_REGISTRIES": str(self.layout.registries),
            "KITSERVE_E2E_RELEASE": os.environ.get("KITSERVE_E2E_RELEASE") or str(self.layout.release),
        }


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster that ends with the block, and with this process."""
    layout = Layout(Path(tempfile.mkdtemp(prefix=PREFIX, dir=FOLDERS)))
    reading, writing = os.pipe()
    process = _start_keeper(layout, [reading])
    os.close(reading)
    try:
        _await_ready(process)
        yield Cluster(layout)
    finally:
        os.close(writing)
        process.wait()


def start(layout: Layout) -> Cluster:
    """A cluster that stays until `stop`.

    Raises:
        LifecycleError: it is up already, or it did not start.
    """
    try:
        layout.folder.mkdir(mode=0o700)
    except FileExistsError:
        raise LifecycleError(f"{layout.folder} exists: the cluster is up or coming up") from None
    _await_ready(_start_keeper(layout, []))
    return Cluster(layout)


def stop(layout: Layout) -> None:
    """End the cluster and wait until nothing of it is left."""
    with layout.lock.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.kill(int(lock.read()), signal.SIGTERM)
            fcntl.flock(lock, fcntl.LOCK_EX)
    if layout.folder.exists():
        keeper.remove(layout)


def sweep() -> None:
    """Remove what runs left whose keeper was killed."""
    for folder in FOLDERS.glob(f"{PREFIX}*"):
        layout = Layout(folder)
        with layout.lock.open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            keeper.remove(layout)


def _start_keeper(layout: Layout, lifeline: Sequence[int]) -> subprocess.Popen[str]:
    with layout.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        layout.make()
        descriptors = [lock.fileno(), *lifeline]
        return subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.keeper", str(layout.folder), *map(str, descriptors)],
            cwd=REPOSITORY,
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Ctrl-C is for the command; the keeper ends when the command does.
            start_new_session=True,
        )


def _await_ready(process: subprocess.Popen[str]) -> None:
    if process.stdout is None:
        raise LifecycleError("the keeper has no output")
    for line in process.stdout:
        if line == f"{READY}\n":
            return
        print(line, end="", file=sys.stderr, flush=True)
    raise LifecycleError(f"the cluster did not start (exit {process.wait()})")
