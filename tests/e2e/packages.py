"""Debian packages that the harness needs on the machine."""

import os
import subprocess
import sys
from pathlib import Path

LIST = Path(__file__).with_name("packages.txt")


class PackageError(RuntimeError):
    """Packages are missing and can't be installed."""


def install_missing() -> None:
    """Install the packages of packages.txt that the machine lacks.

    Raises:
        PackageError: apt-get is missing or failed.
    """
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
            raise PackageError(f"apt-get {' '.join(command)} failed:\n{ran.stderr[-1000:]}")


def _installed(name: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat", "${Status}", name]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout == "install ok installed"
