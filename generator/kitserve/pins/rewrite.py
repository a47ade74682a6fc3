"""Files with digests written into them, every other byte as it was."""

import os
from collections.abc import Iterable
from pathlib import Path

from kitserve import replacement
from kitserve.errors import Failure
from kitserve.pins.places import Place


def rewritten(text: str, changes: Iterable[tuple[Place, str]]) -> str:
    """Return a text with a digest at each place; places don't overlap, and each has offsets."""
    ordered = sorted(changes, key=lambda change: change[0].end)
    parts, at = [], 0
    for place, digest in ordered:
        if place.start is not None:
            parts += [text[at : place.start], place.before, digest, place.after]
            at = place.end
    return "".join([*parts, text[at:]])


def replace(file: str, before: str, after: str) -> None:
    """Put a new text in the place of a file's old one: whoever reads it sees the one or the other.

    A link stays a link, and the file keeps its mode.

    Raises:
        Failure: if it can't be written, or holds another text by now.
    """
    path = Path(os.path.realpath(file))
    try:
        if path.read_bytes() != before.encode():
            raise Failure(f"{file} was changed by somebody else", "run the command again")
        replacement.replace(path, after.encode(), path.stat().st_mode & 0o7777)
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}", "it is as it was; make it writable") from error
