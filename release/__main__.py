"""`make release`: build, push, sign and verify one version of the commit that is checked out."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from release.building import build, check_twice, describe, write_notes
from release.errors import ReleaseError
from release.plan import Bases, Commit, Destination, Dist, Plan
from release.preconditions import check_free, check_published, check_version
from release.registry.client import resolve
from release.registry.publication import publish, publish_metadata
from release.registry.signing import Key, Keyless, Signer
from release.registry.verification import check
from release.source import commit

REPOSITORY = Path(__file__).parents[1]
PYTHON = "docker.io/library/python:3.13-slim-bookworm"
GITHUB = "https://token.actions.githubusercontent.com"


def main(arguments: Sequence[str]) -> int:
    """Make the release; 1 if there is none."""
    given = _parser().parse_args(arguments)
    try:
        release(given, _signer(given))
    except ReleaseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def release(given: argparse.Namespace, signer: Signer) -> Plan:
    """Make a release of what is checked out, and return its plan.

    Raises:
        ReleaseError: it can't be made, or what was made isn't what it should be.
    """
    head = commit.head(REPOSITORY)
    commit.check_tag(REPOSITORY, given.version, head.revision)
    dist = Dist(given.folder)
    if dist.folder.exists():
        raise ReleaseError(f"{dist.folder} exists: remove it, or choose another folder")
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        commit.export(REPOSITORY, head, tree)
        plan = _plan(given, head, tree)
        _make(tree, plan, dist, given, signer)
    return plan


def _make(tree: Path, plan: Plan, dist: Dist, given: argparse.Namespace, signer: Signer) -> None:
    _say("building packages, images and chart")
    digests = build(tree, plan, dist)
    _say("building everything once more, and comparing")
    check_twice(tree, plan, dist)
    _say("describing what was built: SBOMs, provenance, checksums")
    describe(tree, plan, dist, given.builder)
    _say(f"pushing to {plan.destination.registry}, and signing")
    digests = publish(plan, dist, digests, signer)
    publish_metadata(plan, tree)
    write_notes(tree, plan, dist, digests, signer)
    _say(f"verifying from {plan.destination.registry}: pull, signatures, SBOMs, provenance, chart, wheels")
    check(plan, dist, digests, signer)
    for name, digest in zip(plan.tagged(), digests.values(), strict=True):
        print(f"{name}@{digest}")


def _plan(given: argparse.Namespace, head: Commit, tree: Path) -> Plan:
    destination = Destination(given.registry, given.organisation, given.plain_http)
    check_version(tree, given.version)
    check_published(tree, destination)
    plan = Plan(given.version, head, destination, _bases(given, destination), given.source.rstrip("/"))
    check_free(plan)
    return plan


def _bases(given: argparse.Namespace, destination: Destination) -> Bases:
    """Return the bases by the digests that their tags have: a tag may move before the second build."""
    pinned = [
        name if "@" in name else f"{name}@{resolve(destination, name)}"
        for name in (given.base, given.base_builder)
    ]
    return Bases(*pinned)


def _signer(given: argparse.Namespace) -> Signer:
    if given.sign == "keyless":
        return Keyless(given.identity, given.issuer)
    private = Path(given.sign).absolute()
    return Key(private, private.with_suffix(".pub"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--registry", required=True, help="such as ghcr.io")
    parser.add_argument("--organisation", required=True, help="whose repositories in the registry")
    parser.add_argument(
        "--sign", required=True, help="keyless, or the file of a private key of cosign, beside its .pub"
    )
    parser.add_argument("--identity", default="", help="keyless: the workflow's address")
    parser.add_argument("--issuer", default=GITHUB, help="keyless: who vouches for it")
    parser.add_argument("--source", default="", help="public address of the repository")
    parser.add_argument(
        "--builder", default="https://git.example.com/kitserve#by-hand", help="URI of who runs this"
    )
    parser.add_argument("--base", default=PYTHON, help="the image's BASE")
    parser.add_argument("--base-builder", default=PYTHON, help="the image's BUILDER")
    parser.add_argument("--plain-http", action="store_true", help="the registry has no TLS")
    parser.add_argument("--folder", type=Path, required=True, help="where to build; it must not exist")
    return parser


def _say(line: str) -> None:
    print(f"▶ {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
