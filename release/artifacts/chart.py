"""The chart's archive, whose default image is that of the release, by digest."""

import os
import shutil
from pathlib import Path

from release.plan import Dist, Plan
from release.programs import run
from release.source.stamping import stamp_chart


def package(tree: Path, plan: Plan, digest: str, dist: Dist, scratch: Path) -> None:
    """Package the chart. Helm 4 writes the files' times into the archive, and the archive's into the registry."""
    chart = scratch / "kitserve"
    shutil.copytree(tree / "chart", chart)
    stamp_chart(chart, tree, plan, digest)
    for path in chart.rglob("*"):
        os.utime(path, (plan.commit.seconds, plan.commit.seconds))
    dist.files.mkdir(parents=True, exist_ok=True)
    run("helm", "package", chart, "--destination", dist.files)
    os.utime(dist.chart(plan.version), (plan.commit.seconds, plan.commit.seconds))
