"""Options for the release that manifests are rendered for."""

import re
from typing import Annotated

import typer

# As in helm (pkg/chart/common/util and action.ValidateReleaseName); a namespace is a DNS label.
_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_RELEASE = re.compile(rf"(?=.{{1,53}}\Z){_LABEL}(?:\.{_LABEL})*\Z")
_NAMESPACE = re.compile(rf"(?=.{{1,63}}\Z){_LABEL}\Z")


def _release_name(name: str) -> str:
    if not _RELEASE.match(name):
        raise typer.BadParameter(
            "up to 53 lower-case letters, digits, `-` and `.`, with a letter or digit at both ends"
        )
    return name


def namespace_name(name: str) -> str:
    """Return the name of a namespace. Raises BadParameter if it can't be one."""
    if not _NAMESPACE.match(name):
        raise typer.BadParameter(
            "up to 63 lower-case letters, digits and `-`, with a letter or digit at both ends"
        )
    return name


ReleaseName = Annotated[
    str,
    typer.Option("--name", metavar="RELEASE", callback=_release_name, help="Release name, for the labels."),
]
