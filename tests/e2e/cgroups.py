"""The run's own cgroup in every mounted hierarchy (version 1, version 2 or both)."""

import contextlib
import os
from pathlib import Path


def hierarchies() -> list[Path]:
    """Where the machine's cgroup hierarchies are mounted."""
    rows = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    return [Path(row[1]) for row in rows if row[2] in {"cgroup", "cgroup2"}]


def create(name: str) -> None:
    """Make the cgroup that the kubelet puts its pods under."""
    for hierarchy in hierarchies():
        (hierarchy / name).mkdir(exist_ok=True)


def remove(name: str) -> None:
    """Remove the cgroup and all below it, once no process is left in them."""
    for hierarchy in hierarchies():
        for folder, _, _ in os.walk(hierarchy / name, topdown=False):
            with contextlib.suppress(FileNotFoundError):
                Path(folder).rmdir()
