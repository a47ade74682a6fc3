"""When there is no release."""

from pathlib import Path

import pytest

from release.errors import ReleaseError
from release.plan import Destination
from release.preconditions import check_free, check_published, check_version
from release.source import commit
from tests.parts.registry import Registry
from tests.release.commits import WHEN, git, plan, repository

FILES = {
    "generator/kitserve/version.py": 'VERSION = "1.2.3"\nIMAGE_IS_PUBLISHED = False\n',
    "CHANGELOG.md": "# Changelog\n\n## 1.2.3\n\n- A.\n",
    "script": "#!/bin/sh\n",
}
VERSIONS = {
    "not the changelog's": (
        {"CHANGELOG.md": "## 1.2.2\n\n- A.\n"},
        "1.2.3",
        "CHANGELOG.md is 1.2.2, not 1.2.3",
    ),
    "not the code's": ({}, "1.2.4", "the commit has version 1.2.3, not 1.2.4"),
    "a tag's name": ({}, "v1.2.3", "is no version"),
    "two numbers": ({}, "1.2", "is no version"),
    "nothing": ({}, "", "is no version"),
    "an option": ({}, "--help", "is no version"),
    "unreleased changes": (
        {"CHANGELOG.md": "## Unreleased\n\n- B.\n\n## 1.2.3\n"},
        "1.2.3",
        "under Unreleased",
    ),
}
DIRT = {"changed": "CHANGELOG.md", "new": "notes.txt"}
REGISTRIES = {
    "ghcr.io": False,
    "localhost:5000": True,
    "127.0.0.1:5000": True,
    "localhost.example.com": False,
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return repository(tmp_path, FILES)


@pytest.mark.parametrize(("files", "version", "says"), VERSIONS.values(), ids=VERSIONS)
def test_another_version_is_refused(tree: Path, files: dict[str, str], version: str, says: str) -> None:
    for name, text in files.items():
        (tree / name).write_text(text)

    with pytest.raises(ReleaseError, match=says):
        check_version(tree, version)


def test_the_version_of_code_and_changelog_passes(tree: Path) -> None:
    check_version(tree, "1.2.3")


@pytest.mark.parametrize("name", DIRT.values(), ids=DIRT)
def test_a_dirty_tree_is_refused(tree: Path, name: str) -> None:
    (tree / name).write_text("else\n")

    with pytest.raises(ReleaseError, match=f"differ from the commit: {name}"):
        commit.head(tree)


def test_what_is_exported_is_the_commit_with_its_time_and_modes(
    tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    head, folder = commit.head(tree), tmp_path_factory.mktemp("export")

    commit.export(tree, head, folder)

    assert head.seconds == WHEN
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == {*FILES}
    assert {path.stat().st_mtime for path in folder.rglob("*") if path.is_file()} == {WHEN}
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o644}


def test_a_tag_of_another_commit_is_refused(tree: Path) -> None:
    git(tree, "tag", "--annotate", "v1.2.3", "--message", "1.2.3")
    tagged = commit.head(tree)
    commit.check_tag(tree, "1.2.3", tagged.revision)
    (tree / "more").write_text("")
    git(tree, "add", "more")
    git(tree, "commit", "--quiet", "--message", "more")

    with pytest.raises(ReleaseError, match=r"v1\.2\.3 is another commit"):
        commit.check_tag(tree, "1.2.3", commit.head(tree).revision)
    commit.check_tag(tree, "1.2.4", commit.head(tree).revision)


@pytest.mark.parametrize(("registry", "passes"), REGISTRIES.items(), ids=REGISTRIES)
def test_strangers_get_no_command_that_says_that_there_is_no_image(
    tree: Path, registry: str, passes: bool
) -> None:
    destination = Destination(registry, "team")
    if passes:
        check_published(tree, destination)
    else:
        with pytest.raises(ReleaseError, match="set IMAGE_IS_PUBLISHED"):
            check_published(tree, destination)
    version = tree / "generator/kitserve/version.py"
    version.write_text(version.read_text().replace("False", "True"))
    check_published(tree, destination)


@pytest.mark.usefixtures("programs")
def test_what_the_registry_has_is_never_replaced(registry: Registry, modelkits: dict[str, object]) -> None:
    assert modelkits
    check_free(plan(registry.host, "7.7.7"))
    archive = next(iter(modelkits.values())).archive  # type: ignore[attr-defined]
    registry.push_layout(archive, "team/kitserve-initializer", "7.7.7-keyless")

    with pytest.raises(ReleaseError, match=r"has \S+/team/kitserve-initializer:7\.7\.7-keyless already"):
        check_free(plan(registry.host, "7.7.7"))


@pytest.mark.usefixtures("programs")
def test_a_registry_that_doesn_t_say_is_no_free_one() -> None:
    with pytest.raises(ReleaseError, match="oras resolve"):
        check_free(plan("127.0.0.1:9"))
