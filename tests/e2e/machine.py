"""What the harness needs of the machine: Linux, root, Debian packages."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e import knative

LIST = Path(__file__).with_name("packages.txt")


class MachineError(RuntimeError):
    """The machine can't run a cluster; the message says what it lacks."""


def check() -> None:
    """Install the packages of packages.txt that the machine lacks.

    Raises:
        MachineError: it can't have the mode, it isn't Linux, the user isn't root, apt-get is missing or failed.
    """
    if knative.MODE not in knative.MODES:
        raise MachineError(f"the mode {knative.MODE!r} is none of {', '.join(knative.MODES)}")
    if sys.platform != "linux" or os.geteuid():
        raise MachineError("the cluster and its images need Linux and root; see tests/e2e/README.md")
    names = [line for line in LIST.read_text().split("\n") if line and not line.startswith("#")]
    missing = [name for name in names if not _installed(name)]
    if not missing:
        return
    print(f"installing {' '.join(missing)}", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
        ran = subprocess.run(
            ["apt-get", "-qq", *command], env=environment, capture_output=True, text=True, check=False
        )
        if ran.returncode:
            raise MachineError(f"apt-get {' '.join(command)} failed:\n{ran.stderr[-1000:]}")


def _installed(name: str) -> bool:
    if not shutil.which("dpkg-query"):
        raise MachineError(f"this is no Debian: install what {LIST.name} names, and dpkg")
    query = ["dpkg-query", "--show", "--showformat", "${Status}", name]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout == "install ok installed"
