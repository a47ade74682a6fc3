"""What CHANGELOG.md says of a version."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from release.errors import ReleaseError

UNRELEASED = "Unreleased"
_SECTION = re.compile(r"(?ms)^## (\S+).*?\n(.*?)(?=^## |\Z)")
_BULLET = re.compile(r"(?ms)^- (.*?)(?=^- |^#|^\n(?! )|\Z)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_SENTENCE = re.compile(r".*?[.:](?=\s|$)")


@dataclass(frozen=True)
class Section:
    """A version's section: what stands below its heading, in Markdown."""

    version: str
    text: str


def newest(changelog: str) -> Section:
    """Return the section of the newest version.

    Raises:
        ReleaseError: there is none, or changes above it belong to no version.
    """
    sections = [Section(version, text.strip()) for version, text in _SECTION.findall(changelog)]
    if not sections:
        raise ReleaseError("CHANGELOG.md has no version")
    first, *rest = sections
    if first.version.strip("[]") != UNRELEASED:
        return first
    if first.text or not rest:
        raise ReleaseError("CHANGELOG.md has changes under Unreleased: put them below the version's heading")
    return rest[0]


def changes(section: Section) -> Iterator[str]:
    """Yield the first sentence of each change, as plain text; one that breaks something begins with "Breaking"."""
    breaking = False
    for part in re.split(r"(?m)^(### .*)$", section.text):
        if part.startswith("### "):
            breaking = "breaking" in part.lower()
            continue
        for bullet in _BULLET.findall(part):
            yield ("Breaking: " if breaking else "") + _first_sentence(bullet)


def _first_sentence(bullet: str) -> str:
    plain = " ".join(_LINK.sub(r"\1", bullet).replace("`", "").replace("**", "").split())
    found = _SENTENCE.match(plain)
    return (found[0] if found else plain).rstrip(":")
