"""What an earlier run left in the staging folder: taken up if it is of use to this one, else removed.

Finished trees have a record, and are taken whole. Half-filled ones have a journal of the stream that they were filled
from; they are only a saving, as the stream's digest is checked from its first byte on. The rest is of no use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.destination import directory_modes
from kitserve_initializer.destination.names import LOCK, PLAN, RECORD, RESULT, STREAM, earlier, record, stream
from kitserve_initializer.fs.directory import entries, exists, is_directory
from kitserve_initializer.fs.json_file import load
from kitserve_initializer.fs.remove_tree import remove

if TYPE_CHECKING:
    from collections.abc import Collection

    from kitserve_initializer.destination.request import Request


def finished(names: Collection[str], request: Request, folder: int, *, trusted: bool) -> set[str]:
    """Return those trees among `names` that need no filling; remove everything else but half-filled ones.

    Without names nothing stays: old content couldn't be told from new content. What isn't `trusted` isn't finished.
    """
    recorded = {name for name in names if _is_recorded(name, folder)} if trusted else set()
    assembling = _is_assembling(names, recorded, request, folder)
    kept = recorded if assembling else _whole(recorded, folder)
    begun = {part for name in {*names} - kept for part in (name, stream(name), earlier(name))}
    keep = {LOCK, *kept, *map(record, kept), *([RESULT, PLAN] if assembling else []), *begun}
    _clear(keep, folder, RECORD)  # a tree that is going must not look like one that was moved
    _clear(keep, folder)
    return kept


def are_of_use(folder: int) -> bool:
    """Tell whether the next run would save anything by what is there."""
    return any(entry.name.endswith((RECORD, STREAM)) for entry in entries(folder))


def clear(folder: int) -> None:
    """Remove everything but the lock, in an order that leaves nothing that looks like a finished tree."""
    _clear({LOCK}, folder, RECORD)
    _clear({LOCK}, folder)


def _is_recorded(name: str, folder: int) -> bool:
    """Tell whether a tree has a record, which is written when it is finished."""
    return directory_modes.from_json(load(record(name), folder)) is not None


def _whole(recorded: set[str], folder: int) -> set[str]:
    """Return the trees that are there whole; with a result there are none, as some are in it already."""
    if exists(RESULT, folder):
        return set()
    return {name for name in recorded if is_directory((name,), folder)}


def _is_assembling(names: Collection[str], recorded: set[str], request: Request, folder: int) -> bool:
    """Tell whether the result is of these trees: it is begun only when all of them are finished."""
    return (
        bool(names)
        and recorded == {*names}
        and is_directory((RESULT,), folder)
        and load(PLAN, folder) == request.document
    )


def _clear(keep: Collection[str], folder: int, suffix: str = "") -> None:
    # What goes while it is listed may hide what stays (POSIX, readdir).
    while sum(
        remove(entry.name, folder)
        for entry in entries(folder)
        if entry.name not in keep and entry.name.endswith(suffix)
    ):
        pass
