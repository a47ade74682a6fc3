"""The result moved into the destination: this run or the next one completes a move that has begun.

Every step is a rename, and each may be the last before a SIGKILL. The move begins with a journal, and with one there is
no way but forward.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitserve_initializer.destination import directory_modes, request
from kitserve_initializer.destination.conflicts import require_none, require_outside
from kitserve_initializer.destination.names import JOURNAL, RESULT
from kitserve_initializer.destination.rollback_log import RollbackLog
from kitserve_initializer.fs.directory import enter, exists, is_directory, unlink, walked
from kitserve_initializer.fs.json_file import load, save
from kitserve_initializer.fs.merge_dirs import ConflictPolicy, conflicts, merge
from kitserve_initializer.fs.remove_tree import remove
from kitserve_initializer.fs.reserved_names import MARKER

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
        require_outside(result, workspace.place.inner)
        require_none(conflicts(result, workspace.target, workspace.policy), workspace.name)
        modes = directory_modes.of_new(names, workspace)
        save(
            JOURNAL, _Journal(workspace.request.document, modes, workspace.policy).document, staging, staging
        )
        _move(result, modes, workspace)
    except BaseException:
        unlink(JOURNAL, staging)
        raise
    finally:
        os.close(result)


def roll_forward(staging: int, target: int) -> None:
    """End the move that a killed run began.

    A journal that is none, has no result, or a result that something stands in the way of, is as good as absent: what
    follows is then a run like any other.
    """
    journal = _journal(load(JOURNAL, staging))
    if journal and is_directory((RESULT,), staging):
        result = enter(RESULT, staging)
        try:
            if not any(conflicts(result, target, journal.policy)):
                _end(result, journal, staging, target)
        finally:
            os.close(result)
    remove(JOURNAL, staging)


def _end(result: int, journal: _Journal, staging: int, target: int) -> None:
    merge(result, target, journal.policy)
    directory_modes.apply(directory_modes.of_present(journal.modes, target), target)
    remove(MARKER, target)
    save(MARKER, journal.marker, staging, target)


@dataclass(frozen=True)
class _Journal:
    """What a move is to end with: the marker, and the modes that directories get; `policy` is that of the move."""

    marker: dict[str, Any]
    modes: Modes
    policy: ConflictPolicy

    @property
    def document(self) -> dict[str, Any]:
        """The journal as JSON holds it."""
        narrow = directory_modes.to_json(self.modes)
        return {"marker": self.marker, "narrow": narrow, "policy": self.policy.name}


def _journal(found: object) -> _Journal | None:
    """Read what a file holds, which whoever may write to the volume may have written."""
    if not isinstance(found, dict) or not request.is_document(found.get("marker")):
        return None
    modes = directory_modes.from_json(found.get("narrow"))
    policy = found.get("policy", request.policy_of(found["marker"]).name)
    if modes is None or policy not in [*ConflictPolicy.__members__]:
        return None
    return _Journal(found["marker"], modes, ConflictPolicy[policy])


def _move(result: int, modes: Modes, workspace: Workspace) -> None:
    """Move everything; if that fails, remove what is new in the destination."""
    moved = RollbackLog(workspace.staging)
    try:
        remove(MARKER, workspace.target)
        merge(result, workspace.target, workspace.policy, moved.add)
        directory_modes.apply(modes, workspace.target)
        save(MARKER, workspace.request.document, workspace.staging, workspace.target)
    except BaseException:
        remove(MARKER, workspace.target)
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
