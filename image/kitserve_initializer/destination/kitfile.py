"""The Kitfile in a destination: left if it is the same, replaced with -o only; -i doesn't apply, as in `kit unpack`."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from kitserve_initializer.destination.names import KITFILE_TREE
from kitserve_initializer.fs.directory import enter, mode, read_start, unlink
from kitserve_initializer.fs.merge_dirs import ConflictPolicy
from kitserve_initializer.fs.tree import Tree

if TYPE_CHECKING:
    from kitserve_initializer.fs.paths import Parts

KITFILE = "Kitfile"


def is_same(content: bytes, target: int) -> bool:
    """Return whether the directory `target` has the same Kitfile."""
    return stat.S_ISREG(mode(KITFILE, target)) and read_start(KITFILE, target, len(content) + 1) == content


def conflicts(content: bytes, target: int, policy: ConflictPolicy) -> list[Parts]:
    """Return the Kitfile's path if something else is in its place in the directory `target` and must stay."""
    there = mode(KITFILE, target)
    if not there or is_same(content, target):
        return []
    replaceable = policy is ConflictPolicy.OVERWRITE and stat.S_ISREG(there)
    return [] if replaceable else [(KITFILE,)]


def write(content: bytes, staging: int, result: int) -> None:
    """Write the Kitfile beside the result and rename it into place, so no reader sees a part of it."""
    with suppress(FileExistsError):
        os.mkdir(KITFILE_TREE, dir_fd=staging)
    source = f"{KITFILE_TREE}/{KITFILE}"
    unlink(source, staging)
    tree = Tree(enter(KITFILE_TREE, staging))
    try:
        tree.add_file((KITFILE,), 0o644, [content])
    finally:
        tree.close()
    os.rename(source, KITFILE, src_dir_fd=staging, dst_dir_fd=result)
