"""A directory moved into another one, by each conflict policy."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from kitserve_initializer.fs.merge_dirs import ConflictPolicy, conflicts, merge, planned_conflicts

REFUSE, OVERWRITE, IGNORE = ConflictPolicy
NEW, OLD = "new", "old"


def make(path: Path, kind: str, content: str) -> None:
    path.parent.mkdir(exist_ok=True)
    match kind:
        case "file":
            path.write_text(content)
        case "directory":
            path.mkdir()
        case "link":
            path.symlink_to("nowhere")


class Folders(NamedTuple):
    """A folder with `source` and `target` in it, and these two, opened."""

    path: Path
    source: int
    target: int


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Folders]:
    opened = []
    for name in ("source", "target"):
        (tmp_path / name).mkdir()
        opened.append(os.open(tmp_path / name, os.O_RDONLY))
    yield Folders(tmp_path, *opened)
    for directory in opened:
        os.close(directory)


@pytest.mark.parametrize(
    ("wanted", "there", "taken"),
    [
        ("file", "nothing", {}),
        ("file", "file", {REFUSE}),
        ("file", "link", {REFUSE, OVERWRITE}),
        ("file", "directory", {REFUSE, OVERWRITE}),
        ("directory", "file", {REFUSE, OVERWRITE, IGNORE}),
        ("directory", "link", {REFUSE, OVERWRITE, IGNORE}),
        ("directory", "directory", {}),
    ],
)
@pytest.mark.parametrize("policy", ConflictPolicy, ids=lambda policy: policy.name)
def test_what_is_in_the_way(
    folders: Folders,
    policy: ConflictPolicy,
    wanted: str,
    there: str,
    taken: set[ConflictPolicy],
) -> None:
    make(folders.path / "source/a/b", wanted, NEW)
    make(folders.path / "target/a/b", there, OLD)

    assert list(conflicts(folders.source, folders.target, policy)) == (
        [("a", "b")] if policy in taken else []
    )


@pytest.mark.parametrize(
    ("policy", "content", "left"),
    [(OVERWRITE, NEW, set()), (IGNORE, OLD, {"a/b"})],
    ids=["OVERWRITE", "IGNORE"],
)
def test_a_file_that_is_there_is_replaced_or_left(
    folders: Folders, policy: ConflictPolicy, content: str, left: set[str]
) -> None:
    make(folders.path / "source/a/b", "file", NEW)
    make(folders.path / "source/a/c", "file", NEW)
    make(folders.path / "target/a/b", "file", OLD)
    new: list[tuple[str, ...]] = []

    merge(folders.source, folders.target, policy, new.append)

    assert (folders.path / "target/a/b").read_text() == content
    assert (folders.path / "target/a/c").read_text() == NEW
    assert new == [("a", "c")]
    files = {path for path in (folders.path / "source").rglob("*") if path.is_file()}
    assert {path.relative_to(folders.path / "source").as_posix() for path in files} == left


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        ("nothing", {}),
        ("directory", {}),
        ("file", {REFUSE: ("a", "b")}),
        ("link", {REFUSE: ("a", "b"), OVERWRITE: ("a", "b")}),
    ],
)
@pytest.mark.parametrize("policy", ConflictPolicy, ids=lambda policy: policy.name)
def test_what_will_be_in_the_way_of_a_path(
    folders: Folders,
    policy: ConflictPolicy,
    there: str,
    taken: dict[ConflictPolicy, tuple[str, ...]],
) -> None:
    make(folders.path / "target/a/b", there, OLD)

    found = list(planned_conflicts([("a", "b")], folders.target, policy))

    assert found == ([taken[policy]] if policy in taken else [])


@pytest.mark.parametrize("policy", ConflictPolicy, ids=lambda policy: policy.name)
def test_a_file_where_a_path_has_a_directory_is_in_its_way(folders: Folders, policy: ConflictPolicy) -> None:
    make(folders.path / "target/a", "file", OLD)

    assert list(planned_conflicts([("a", "b", "c")], folders.target, policy)) == [("a",)]
