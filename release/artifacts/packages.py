"""Wheels and source distributions of both distributions."""

import sys
from pathlib import Path

from release.plan import Dist, Plan
from release.programs import run

DISTRIBUTIONS = (".", "image")
"""Folders of the commit with a pyproject.toml."""


def build(tree: Path, plan: Plan, dist: Dist) -> None:
    """Build them; hatchling gives every file in them the commit's time."""
    epoch = {"SOURCE_DATE_EPOCH": str(plan.commit.seconds)}
    for folder in DISTRIBUTIONS:
        run(sys.executable, "-m", "build", "--outdir", dist.packages, tree / folder, environment=epoch)
