"""The tools of tests/parts on PATH, under the names by which a release calls them."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.e2e.machine import check
from tests.parts.tools import table, tool

TOOLS = ("cosign3", "helm4", "oras", "syft")


def link(folder: Path, names: Iterable[str] = TOOLS) -> None:
    """Put links to tools into a new folder."""
    folder.mkdir()
    for name in names:
        (folder / table()[name].program).symlink_to(tool(name))


def put_first_on_path(folder: Path) -> None:
    """Let this process, and those that it starts, find what is in a folder before anything else."""
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"


if __name__ == "__main__":
    check()
    link(Path(sys.argv[1]))
