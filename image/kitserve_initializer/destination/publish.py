"""The result moved into the destination: this run or the next one completes a move that has begun.

Every step is a rename, and each may be the last before a SIGKILL. The move begins with a journal, and with one there is
no way but forward.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from kitserve_initializer.destination import directory_modes
from kitserve_initializer.destination.conflicts import require_none
from kitserve_initializer.destination.names import JOURNAL, MARKER, RESULT
from kitserve_initializer.destination.request import policy_of
from kitserve_initializer.destination.rollback_log import RollbackLog
from kitserve_initializer.fs.directory import enter, exists, unlink, walked
from kitserve_initializer.fs.json_file import load, save
from kitserve_initializer.fs.merge_dirs import conflicts, merge

if TYPE_CHECKING:
    from kitserve_initializer.destination.directory_modes import Modes
    from kitserve_initializer.destination.workspace import Workspace
    from kitserve_initializer.fs.paths import Parts


def publish(names: list[str], workspace: Workspace) -> None:
    """Move the result of the trees `names` into the destination, and write the marker.

    Raises:
        PathExists: naming what is in the way; nothing has changed then.
        OSError: then the files that were new in the destination are removed.
    """
    staging = workspace.staging
    result = enter(RESULT, staging)
    try:
        require_none(conflicts(result, workspace.target, workspace.policy), workspace.place)
        modes = directory_modes.of_new(names, workspace)
        journal = {"marker": workspace.request.document, "narrow": directory_modes.to_json(modes)}
        save(JOURNAL, journal, staging, staging)
        _move(result, modes, workspace)
    except BaseException:
        unlink(JOURNAL, staging)
        raise
    finally:
        os.close(result)


def roll_forward(staging: int, target: int) -> None:
    """Complete the move that a killed run began."""
    journal = load(JOURNAL, staging)
    if not isinstance(journal, dict):
        return
    with suppress(FileNotFoundError):
        result = enter(RESULT, staging)
        try:
            merge(result, target, policy_of(journal["marker"]))
            directory_modes.apply(directory_modes.from_json(journal["narrow"]), target)
            save(MARKER, journal["marker"], staging, target)
        finally:
            os.close(result)
    unlink(JOURNAL, staging)


def _move(result: int, modes: Modes, workspace: Workspace) -> None:
    """Move everything; if that fails, remove what is new in the destination."""
    moved = RollbackLog(workspace.staging)
    try:
        unlink(MARKER, workspace.target)
        merge(result, workspace.target, workspace.policy, moved.add)
        directory_modes.apply(modes, workspace.target)
        save(MARKER, workspace.request.document, workspace.staging, workspace.target)
    except BaseException:
        unlink(MARKER, workspace.target)
        for parts in moved.paths():
            _move_back(parts, workspace.target, result)
        raise
    finally:
        moved.close()


def _move_back(parts: Parts, target: int, result: int) -> None:
    """Undo the move of a path, if it happened; if not, the file in the destination isn't ours."""
    try:
        with walked(target, parts[:-1]) as source, walked(result, parts[:-1]) as back:
            if not exists(parts[-1], back):
                os.rename(parts[-1], parts[-1], src_dir_fd=source, dst_dir_fd=back)
    except OSError:
        return
