"""Modes that deny a directory's owner something: recorded for each tree, set when everything is in place."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

from kitserve_initializer.destination.names import record
from kitserve_initializer.errors import InvalidArchive, UnsafeArchive
from kitserve_initializer.fs.directory import is_directory, walked
from kitserve_initializer.fs.json_file import load
from kitserve_initializer.fs.paths import Parts, join, split
from kitserve_initializer.fs.tree import require_few, spelled
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say

if TYPE_CHECKING:
    from kitserve_initializer.destination.workspace import Workspace

_PERMISSIONS = 0o777
_WITHOUT_MODES = (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
"""What volumes say that keep no modes, or another one's."""

Modes = dict[Parts, int]
"""Directories and the modes that they get at the end."""


def to_json(modes: Modes) -> list[list[Any]]:
    """Return modes in the form for JSON."""
    return [[list(parts), mode] for parts, mode in modes.items()]


def from_json(found: object) -> Modes | None:
    """Return the modes that `to_json` was given; None if a file holds anything that it wouldn't give.

    Whoever may write to the volume may write the file, so that its paths are as suspect as a layer's.
    """
    try:
        modes = dict(map(_from_json, found)) if isinstance(found, list) else None
        if modes is not None:
            require_few(len(modes), sum(map(spelled, modes)))
    except (ValueError, TypeError, UnsafeArchive, InvalidArchive):
        return None
    return modes


def _from_json(found: object) -> tuple[Parts, int]:
    parts, mode = found if isinstance(found, list) else (None, None)
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise TypeError(parts)
    if type(mode) is not int or not 0 <= mode <= _PERMISSIONS:
        raise ValueError(mode)
    checked = split(join(tuple(parts)))
    if not checked or checked != tuple(parts):
        raise ValueError(parts)
    return checked, mode


def of_new(names: list[str], workspace: Workspace) -> Modes:
    """Return the modes of directories that are new in the destination; among the trees `names` the first one's win.

    Raises:
        InvalidArchive: if they are too many to keep in memory.
    """
    wanted: Modes = {}
    size = 0
    for name in reversed(names):
        found = from_json(load(record(name), workspace.staging)) or {}
        size += sum(spelled(parts) for parts in found.keys() - wanted.keys())
        wanted |= found
        require_few(len(wanted), size)
    return {parts: mode for parts, mode in wanted.items() if not is_directory(parts, workspace.target)}


def of_present(modes: Modes, target: int) -> Modes:
    """Return the modes of directories that are there."""
    return {parts: mode for parts, mode in modes.items() if is_directory(parts, target)}


def apply(modes: Modes, target: int) -> None:
    """Set the modes, reduced by the umask, innermost directories first; a volume without modes keeps its own."""
    for parts in sorted(modes, reverse=True):
        with walked(target, parts) as directory:
            narrowed = _narrow(directory, modes[parts] & ~_umask())
        if not narrowed:
            say(events.MODES_ABSENT)
            return


def _narrow(directory: int, mode: int) -> bool:
    """Set the mode; False on a volume that keeps none, as CIFS or a file system in user space."""
    try:
        os.fchmod(directory, mode)
    except OSError as error:
        if error.errno not in _WITHOUT_MODES:
            raise
        return False
    return True


def _umask() -> int:
    """Return the process's umask; it can only be read by setting it, so no other thread may run."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
