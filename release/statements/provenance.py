"""How the artifacts came to be: SLSA's provenance v1 in in-toto's statement v1."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from release.plan import PLATFORMS, TARGETS, Plan
from release.statements.checksums import sha256

Document = dict[str, Any]

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
KIND = "slsaprovenance1"
"""The predicate's name in cosign."""
BUILD = "make release"
UNPUBLISHED = "https://git.example.com/kitserve"
"""Stands for the repository's address where it has none."""
LOCKS = ("image/requirements.lock", "image/requirements-keyless.lock")


def predicate(tree: Path, plan: Plan, builder: str) -> Document:
    """Return what is true of everything that the release builds.

    Args:
        builder: who runs the build, as a URI: a workflow's, or whatever names this machine.
    """
    destination = plan.destination
    parameters = {
        "command": f"{BUILD} VERSION={plan.version}",
        "registry": destination.registry,
        "organisation": destination.organisation,
    }
    definition = {
        "buildType": f"{plan.source or UNPUBLISHED}#make-release-v1",
        "externalParameters": parameters,
        "internalParameters": {
            "targets": [*TARGETS],
            "platforms": [*PLATFORMS],
            "sourceDateEpoch": plan.commit.seconds,
        },
        "resolvedDependencies": [*_materials(tree, plan)],
    }
    return {"buildDefinition": definition, "runDetails": {"builder": {"id": builder}}}


def statement(files: Iterable[Path], predicate: Document) -> Document:
    """Return the statement that the predicate is true of these files."""
    subjects = [
        {"name": path.name, "digest": {"sha256": sha256(path)}}
        for path in sorted(files, key=lambda path: path.name)
    ]
    return {"_type": STATEMENT, "subject": subjects, "predicateType": PREDICATE, "predicate": predicate}


def _materials(tree: Path, plan: Plan) -> Iterable[Document]:
    yield {"uri": f"git+{plan.source or UNPUBLISHED}", "digest": {"gitCommit": plan.commit.revision}}
    for base in sorted({plan.bases.base, plan.bases.builder}):
        name, _, digest = base.partition("@sha256:")
        yield {"uri": f"docker://{name}", "digest": {"sha256": digest}}
    for lock in LOCKS:
        yield {"name": lock, "digest": {"sha256": sha256(tree / lock)}}
