"""A file system as a container on a node of 64 cores sees it, and a run of the initializer that looks there."""

from pathlib import Path

# Looks for limits where ROOT says.
ELSEWHERE = """
import os, sys
from pathlib import Path
from kitserve_initializer import __main__
from kitserve_initializer.config import load
found = load.machine(Path(os.environ.pop("ROOT")))
load.machine = lambda: found
sys.exit(__main__.main())
"""


def sixty_four(root: Path, quota: int) -> Path:
    """Lay out the files of version 2, with a quota of so many cores; returns `root`."""
    files = {
        "proc/self/cgroup": "0::/\n",
        "proc/self/mountinfo": "31 23 0:28 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
        "proc/self/status": "Cpus_allowed_list:\t0-63\n",
        "sys/fs/cgroup/cpu.max": f"{quota}00000 100000\n",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root
