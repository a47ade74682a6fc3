"""A process from start to end: wall time, or what it took of memory, descriptors and disk at its peak."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

LOOK_SECONDS = 0.02
_RESIDENT = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True)
class Peak:
    """The most that a process had: resident bytes (VmHWM), open files, bytes on the disk."""

    memory: int
    files: int
    disk: int


Command = Callable[[Path], Sequence[str]]
"""An empty folder to unpack into -> the command's words."""


def seconds(commands: Sequence[Command], environment: dict[str, str], runs: int) -> list[float]:
    """The fastest of several runs of each command, by turns; what else the machine does only ever adds.

    What they wrote is removed in the end: ext4 is slow to give out inodes that were freed a moment ago, of which the
    command that comes next would have the loss.
    """
    with _folder() as folder:
        turns = [[_timed(command, folder, environment) for command in commands] for _ in range(runs)]
    return [min(times) for times in zip(*turns, strict=True)]


def peak(command: Command, environment: dict[str, str]) -> Peak:
    """Look at a run again and again until it ends."""
    with _folder() as folder:
        process = subprocess.Popen(command(folder), env=environment, stdout=subprocess.DEVNULL)
        most = Peak(0, 0, 0)
        while process.poll() is None:
            with suppress(FileNotFoundError, ProcessLookupError):
                most = _look(process.pid, folder, most)
            time.sleep(LOOK_SECONDS)
        _succeeded(process.returncode, process.args)
    return most


def fastest(words: Sequence[str | Path], runs: int) -> float:
    """Seconds that the fastest of several runs takes."""
    return min(_run(words) for _ in range(runs))


def cpu(words: Sequence[str | Path], runs: int) -> float:
    """Seconds of CPU that the run with the fewest takes; a busy machine changes them less than the time."""
    return min(_cpu(words) for _ in range(runs))


def _cpu(words: Sequence[str | Path]) -> float:
    before = os.times()
    subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def resident(words: Sequence[str | Path]) -> int:
    """The most resident bytes that a run has, as seen by a small parent: a fork begins with its parent's own."""
    ran = subprocess.run([sys.executable, "-c", _RESIDENT, *words], check=True, capture_output=True)
    return int(ran.stdout) * 1024


def modules(arguments: Sequence[str | Path]) -> int:
    """How many modules that aren't `kitserve`'s a run with these arguments imports: a cost that no load changes."""
    command = [sys.executable, "-X", "importtime", *arguments]
    ran = subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    names = [
        line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if line.startswith("import time:")
    ]
    return sum(name.partition(".")[0] != "kitserve" for name in names)


def _run(words: Sequence[str | Path]) -> float:
    begun = time.perf_counter()
    ran = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    took = time.perf_counter() - begun
    _succeeded(ran.returncode, words)
    return took


def until_request(command: Callable[[str], Sequence[str]], environment: dict[str, str], runs: int) -> float:
    """Seconds from a process's start until it connects to the host it was told."""
    return min(_connected(command, environment) for _ in range(runs))


def _timed(command: Command, parent: Path, environment: dict[str, str]) -> float:
    folder = Path(tempfile.mkdtemp(dir=parent))
    os.sync()
    begun = time.perf_counter()
    ran = subprocess.run(
        command(folder), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    took = time.perf_counter() - begun
    if ran.returncode:
        print(ran.stderr.decode(errors="replace"))
    _succeeded(ran.returncode, ran.args)
    return took


def _connected(command: Callable[[str], Sequence[str]], environment: dict[str, str]) -> float:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"localhost:{server.getsockname()[1]}"
        begun = time.perf_counter()
        process = subprocess.Popen(command(host), env=environment, stderr=subprocess.DEVNULL)
        client, _ = server.accept()
        took = time.perf_counter() - begun
        client.close()
        process.terminate()
        process.wait()
    return took


def _look(pid: int, folder: Path, most: Peak) -> Peak:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    memory = int(found[1]) * 1024 if found else 0
    files = len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - a count, of what may vanish
    return Peak(max(most.memory, memory), max(most.files, files), max(most.disk, _used(folder)))


def _used(folder: Path) -> int:
    """Bytes on the disk below a folder; a file that is renamed meanwhile is seen twice, and counted once."""
    used: dict[int, int] = {}
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                status = os.lstat(f"{place}/{name}")
                used[status.st_ino] = status.st_blocks * 512
    return sum(used.values())


def _succeeded(code: int, words: object) -> None:
    if code:
        raise RuntimeError(f"{words} ended with {code}")


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kitserve-bench-"))
    try:
        (folder / "models").mkdir()
        yield folder / "models"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
