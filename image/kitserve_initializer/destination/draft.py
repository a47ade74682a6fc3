"""A tree that is filled from a stream, and taken up where an earlier run had to stop.

While it is filled, its journal says how the stream's begin is played back from its files. The next run puts the tree
aside and plays that begin through the same checks as what comes from the registry; each file moves into the new tree
when the stream comes to it. A run may be killed while it does that: what is aside and what has moved are put together
before the next one begins.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import NamedTuple

from kitserve_initializer.destination.names import earlier, stream
from kitserve_initializer.fs import free_space
from kitserve_initializer.fs.directory import enter, exists, is_directory, walked
from kitserve_initializer.fs.merge_dirs import ConflictPolicy, merge
from kitserve_initializer.fs.remove_tree import remove
from kitserve_initializer.fs.replay.earlier_tree import EarlierTree
from kitserve_initializer.fs.replay.journal import Journal
from kitserve_initializer.fs.replay.playback import Playback
from kitserve_initializer.fs.tree import Tree


class Draft(NamedTuple):
    """A tree to fill, the begin of its stream as far as the disk has it, and the journal for the next run."""

    tree: Tree
    held: Playback
    journal: Journal


def begin(name: str, folder: int, *, spills: bool) -> Draft:
    """Make a directory to fill, which takes over what an earlier run left of it; `spills` is as for a Tree."""
    _put_aside(name, folder)
    held = Playback(stream(name), earlier(name), folder)
    os.mkdir(name, dir_fd=folder)
    aside = EarlierTree(enter(earlier(name), folder)) if is_directory((earlier(name),), folder) else None
    journal = Journal(stream(name), folder, held.is_within)
    return Draft(Tree(enter(name, folder), aside, journal, spills=spills), held, journal)


def used(name: str, folder: int) -> int:
    """Return the bytes that are there of a half-filled tree."""
    if not exists(stream(name), folder):
        return 0
    return free_space.used(name, folder) + free_space.used(earlier(name), folder)


def forget(name: str, folder: int) -> None:
    """Remove what an earlier run left of a tree, and its journal."""
    for left in (stream(name), earlier(name)):
        remove(left, folder)


def _put_aside(name: str, folder: int) -> None:
    try:
        _join(name, folder)
    except (OSError, RecursionError):  # somebody else has been at it
        forget(name, folder)
    remove(name, folder)


def _join(name: str, folder: int) -> None:
    """Put a half-filled tree to what was aside when it was begun."""
    if not exists(stream(name), folder):
        remove(earlier(name), folder)
    elif not exists(earlier(name), folder):
        os.rename(name, earlier(name), src_dir_fd=folder, dst_dir_fd=folder)
    else:
        _merge(name, earlier(name), folder)


def _merge(name: str, aside: str, folder: int) -> None:
    with suppress(FileNotFoundError), walked(folder, (name,)) as source, walked(folder, (aside,)) as target:
        merge(source, target, ConflictPolicy.IGNORE)
