"""What a release takes from CHANGELOG.md."""

import pytest

from release.errors import ReleaseError
from release.source.changelog import changes, newest
from tests.cases import REPOSITORY

HEAD = "# Changelog\n\nNewest first.\n\n"
SECTIONS = {
    "one version": ("## 0.1.0\n\n- A.\n", "0.1.0", "- A."),
    "with a date": ("## 0.2.0 (2026-11-26)\n\n- B.\n\n## 0.1.0\n\n- A.\n", "0.2.0", "- B."),
    "a candidate": ("## 0.2.0-rc.1\n\n- B.\n", "0.2.0-rc.1", "- B."),
    "nothing is unreleased": ("## Unreleased\n\n## 0.1.0\n\n- A.\n", "0.1.0", "- A."),
    "unreleased in brackets": ("## [Unreleased]\n\n## 0.1.0\n\n- A.\n", "0.1.0", "- A."),
    "with parts": ("## 0.1.0\n\n### Breaking\n\n- A.\n", "0.1.0", "### Breaking\n\n- A."),
}
REFUSED = {
    "no version": ("Nothing yet.\n", "no version"),
    "changes of no version": ("## Unreleased\n\n- B.\n\n## 0.1.0\n\n- A.\n", "under Unreleased"),
    "nothing but unreleased": ("## Unreleased\n", "under Unreleased"),
}
CHANGES = {
    "first sentences": ("- A is new. It is good.\n- B.\n", ["A is new.", "B."]),
    "lines are joined": ("- A\n  is new.\n\n- B.\n", ["A is new.", "B."]),
    "marks go": ("- `a` reads **all**: [page](docs/a.md). More.\n", ["a reads all"]),
    "a number isn't an end": (
        "- Needs KServe 0.20, and Helm 3.17. More.\n",
        ["Needs KServe 0.20, and Helm 3.17."],
    ),
    "breaking": ("### Breaking\n\n- A goes.\n\n### The rest\n\n- B.\n", ["Breaking: A goes.", "B."]),
    "without an end": ("- A is new\n", ["A is new"]),
    "none": ("Nothing.\n", []),
}


@pytest.mark.parametrize(("text", "version", "section"), SECTIONS.values(), ids=SECTIONS)
def test_the_newest_version_is_found(text: str, version: str, section: str) -> None:
    found = newest(HEAD + text)

    assert (found.version, found.text) == (version, section)


@pytest.mark.parametrize(("text", "says"), REFUSED.values(), ids=REFUSED)
def test_a_changelog_without_a_newest_version_is_refused(text: str, says: str) -> None:
    with pytest.raises(ReleaseError, match=says):
        newest(HEAD + text)


@pytest.mark.parametrize(("text", "expected"), CHANGES.values(), ids=CHANGES)
def test_changes_are_sentences(text: str, expected: list[str]) -> None:
    assert [*changes(newest(f"{HEAD}## 0.1.0\n\n{text}"))] == expected


def test_the_project_s_own_changelog_has_changes() -> None:
    found = [*changes(newest((REPOSITORY / "CHANGELOG.md").read_text()))]

    assert len(found) > 50
    assert not [each for each in found if not each or "](" in each or "`" in each]
