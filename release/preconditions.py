"""When there is no release."""

import re
from pathlib import Path

from release.errors import ReleaseError
from release.plan import Destination, Plan
from release.registry.client import holds
from release.source.changelog import newest

VERSION = re.compile(r"\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+)?")
LOOPBACK = re.compile(r"(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?")
_OWN = re.compile(r'(?m)^VERSION = "([^"]+)"$')
_PUBLISHED = re.compile(r"(?m)^IMAGE_IS_PUBLISHED = True$")


def check_version(tree: Path, version: str) -> None:
    """Check that the version is the one that the commit says it is.

    Raises:
        ReleaseError: it is none, or another one than CHANGELOG.md or version.py have.
    """
    if not VERSION.fullmatch(version):
        raise ReleaseError(f"{version!r} is no version: write VERSION=x.y.z")
    own = _OWN.findall((tree / "generator/kitserve/version.py").read_text())
    if own != [version]:
        raise ReleaseError(
            f"the commit has version {', '.join(own)}, not {version}: change version.py, and run `make generate`"
        )
    top = newest((tree / "CHANGELOG.md").read_text()).version
    if top != version:
        raise ReleaseError(f"the newest version in CHANGELOG.md is {top}, not {version}")


def check_published(tree: Path, destination: Destination) -> None:
    """Check that what strangers install says that there is an image.

    Raises:
        ReleaseError: the registry is a public one, and the command would say that nothing is published.
    """
    text = (tree / "generator/kitserve/version.py").read_text()
    if not LOOPBACK.fullmatch(destination.registry) and not _PUBLISHED.search(text):
        raise ReleaseError(
            "the command would say that its image isn't published: set IMAGE_IS_PUBLISHED in version.py"
        )


def check_free(plan: Plan) -> None:
    """Check that the registry has nothing under the names of the release.

    Raises:
        ReleaseError: it has, or doesn't say.
    """
    taken = [name for name in plan.tagged() if holds(plan.destination, name)]
    if taken:
        raise ReleaseError(
            f"the registry has {', '.join(taken)} already: what was released never changes. Name a new version"
        )
