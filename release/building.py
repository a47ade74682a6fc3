"""Everything that is built of a commit, into a folder: the same bytes each time."""

import json
import shutil
import tempfile
from pathlib import Path

from release import notes
from release.artifacts import chart, content, images, packages
from release.artifacts.buildah import buildah
from release.errors import ReleaseError
from release.plan import TARGETS, Dist, Plan
from release.registry.signing import Signer
from release.source.stamping import stamp_packages
from release.statements import sbom
from release.statements.checksums import lines, tree_digests
from release.statements.provenance import predicate, statement


def build(tree: Path, plan: Plan, dist: Dist) -> dict[str, str]:
    """Build packages, images and chart of the commit's tree, and return the digests of the image's targets."""
    with buildah() as builder, tempfile.TemporaryDirectory() as scratch:
        digests = images.build(builder, tree, plan, dist)
        stamped = Path(scratch, "tree")
        shutil.copytree(tree, stamped)
        stamp_packages(stamped, plan)
        packages.build(stamped, plan, dist)
        chart.package(tree, plan, digests["initializer"], dist, Path(scratch))
    return digests


def check_twice(tree: Path, plan: Plan, dist: Dist) -> None:
    """Build once more, elsewhere, and compare every file.

    Raises:
        ReleaseError: one differs.
    """
    with tempfile.TemporaryDirectory() as folder:
        again = Dist(Path(folder))
        build(tree, plan, again)
        first, second = tree_digests(dist.folder), tree_digests(again.folder)
    unlike = sorted(name for name in {*first, *second} if first.get(name) != second.get(name))
    if unlike:
        raise ReleaseError(f"two builds of {plan.commit.revision[:12]} differ: {', '.join(unlike)}")


def describe(tree: Path, plan: Plan, dist: Dist, builder: str) -> None:
    """Write what is said about the files: SBOMs, provenance and checksums."""
    for target in TARGETS:
        content.check(dist.layout(target))
    sbom.write(plan, dist)
    told = predicate(tree, plan, builder)
    described = [path for folder in (dist.packages, dist.files) for path in folder.iterdir()]
    dist.provenance.write_text(json.dumps(statement(described, told), indent=1) + "\n")
    dist.checksums.write_text(lines([*described, dist.provenance]))
    dist.predicate.write_text(json.dumps(told))


def write_notes(tree: Path, plan: Plan, dist: Dist, digests: dict[str, str], signer: Signer) -> None:
    """Write the notes, once the chart has a digest too."""
    dist.notes.write_text(notes.text(tree, plan, digests, signer))
