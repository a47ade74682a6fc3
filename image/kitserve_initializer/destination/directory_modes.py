"""Modes that deny a directory's owner something: recorded for each tree, set when everything is in place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from kitserve_initializer.destination.names import record
from kitserve_initializer.fs.directory import is_directory, walked
from kitserve_initializer.fs.json_file import load
from kitserve_initializer.fs.paths import Parts
from kitserve_initializer.fs.tree import require_few

if TYPE_CHECKING:
    from kitserve_initializer.destination.workspace import Workspace

Modes = dict[Parts, int]
"""Directories and the modes that they get at the end."""


def to_json(modes: Modes) -> list[list[Any]]:
    """Return modes in the form for JSON."""
    return [[list(parts), mode] for parts, mode in modes.items()]


def from_json(found: object) -> Modes:
    """Return modes from the form of `to_json`."""
    return {tuple(parts): mode for parts, mode in found} if isinstance(found, list) else {}


def of_new(names: list[str], workspace: Workspace) -> Modes:
    """Return the modes of directories that are new in the destination; among the trees `names` the first one's win.

    Raises:
        InvalidArchive: if they are too many to keep in memory.
    """
    wanted: Modes = {}
    for name in reversed(names):
        wanted |= from_json(load(record(name), workspace.staging))
        require_few(wanted)
    return {parts: mode for parts, mode in wanted.items() if not is_directory(parts, workspace.target)}


def apply(modes: Modes, target: int) -> None:
    """Set the modes, reduced by the umask, innermost directories first."""
    for parts in sorted(modes, reverse=True):
        with walked(target, parts) as directory:
            os.fchmod(directory, modes[parts] & ~_umask())


def _umask() -> int:
    """Return the process's umask; it can only be read by setting it, so no other thread may run."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
