"""Finished trees merged into one, the result.

Every step is a rename, and each may be the last before a SIGKILL. Merging again gives the same result, because what
has been moved isn't in its tree any more.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kitserve_initializer.config.options import KIT
from kitserve_initializer.destination import kitfile
from kitserve_initializer.destination.conflicts import require_none
from kitserve_initializer.destination.kitfile import KITFILE
from kitserve_initializer.destination.names import PLAN, RESULT
from kitserve_initializer.fs.directory import enter, exists
from kitserve_initializer.fs.json_file import save
from kitserve_initializer.fs.merge_dirs import conflicts, merge

if TYPE_CHECKING:
    from kitserve_initializer.destination.workspace import Workspace


def assemble(names: list[str], content: bytes | None, workspace: Workspace) -> None:
    """Merge the trees `names` in their order, the Kitfile `content` first.

    Raises:
        PathExists: naming a path in two trees, or a path in the Kitfile's way.
    """
    staging = workspace.staging
    save(PLAN, workspace.request.document, staging, staging)
    _make_result(names, content, staging)
    result = enter(RESULT, staging)
    try:
        if content is not None:
            _add_kitfile(content, result, workspace)
        taken_whole = names and not exists(names[0], staging)
        for name in names[1:] if taken_whole else names:
            _add_tree(name, result, workspace)
    finally:
        os.close(result)


def _make_result(names: list[str], content: bytes | None, staging: int) -> None:
    """Use the first tree as the result, one rename for all its files, unless the Kitfile must replace a file in it."""
    if exists(RESULT, staging):
        return
    if names and (content is None or not exists(f"{names[0]}/{KITFILE}", staging)):
        os.rename(names[0], RESULT, src_dir_fd=staging, dst_dir_fd=staging)
    else:
        os.mkdir(RESULT, dir_fd=staging)


def _add_kitfile(content: bytes, result: int, workspace: Workspace) -> None:
    """Write the Kitfile, unless the destination or the result has it."""
    if kitfile.is_same(content, workspace.target) or exists(KITFILE, result):
        return
    require_none(kitfile.conflicts(content, workspace.target, workspace.policy), workspace.name)
    kitfile.write(content, workspace.staging, result)


def _add_tree(name: str, result: int, workspace: Workspace) -> None:
    source = enter(name, workspace.staging)
    policy = workspace.request.policy
    try:
        require_none(conflicts(source, result, policy), _other(workspace.request.layout))
        merge(source, result, policy)
    finally:
        os.close(source)


def _other(layout: str) -> str:
    """Return the name of the other holder of a path, for messages."""
    return "another layer" if layout == KIT else f"in the layout {layout} another layer"
