"""Processes of the node's, for scenarios that kill them: they need the node to be this machine."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path


def find(fits: Callable[[list[str]], bool]) -> int:
    """The id of the first process whose command line fits."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = _words(folder / "cmdline")
        except OSError:
            continue
        if words and fits(words):
            return int(folder.name)
    raise AssertionError("no such process on this machine: this scenario runs on the node")


def restart(process: int, log: Path) -> None:
    """Kill a process and start it again as it was; it writes to `log`, and outlives the test."""
    folder = Path("/proc", str(process))
    command = _words(folder / "cmdline")
    environment = dict(variable.split("=", 1) for variable in _words(folder / "environ"))
    os.kill(process, signal.SIGKILL)
    while folder.exists():
        time.sleep(0.05)
    with log.open("wb") as stream:
        subprocess.run(
            ["setsid", "--fork", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            check=True,
        )


def _words(file: Path) -> list[str]:
    return file.read_text(errors="replace").split("\0")[:-1]
