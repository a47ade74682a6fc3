"""What a release of the files that lie here would hold, for one platform: image and chart."""

import tempfile
from pathlib import Path

from kitserve.version import VERSION

from release.artifacts import chart
from release.artifacts.buildah import Buildah
from release.artifacts.layout import combine
from release.plan import Bases, Commit, Destination, Dist, Plan

REPOSITORY = Path(__file__).parents[2]
ORGANISATION = "dry-run"
"""Whose the repositories are into which a dry run pushes."""
REGISTRY = "registry.example.com"
_COMMIT = Commit("0" * 40, 1_800_000_000)


def write(builder: Buildah, image: str, dist: Dist) -> None:
    """Write image and chart, as `make release` does, of an image that is built already."""
    plan = Plan(VERSION, _COMMIT, Destination(REGISTRY, ORGANISATION), Bases("", ""))
    layout = dist.layout("initializer")
    layout.parent.mkdir(parents=True)
    builder.run("push", "--quiet", "--format", "oci", image, f"oci:{layout}:image")
    digest = combine(layout, VERSION, {})
    with tempfile.TemporaryDirectory() as scratch:
        chart.package(REPOSITORY, plan, digest, dist, Path(scratch))
