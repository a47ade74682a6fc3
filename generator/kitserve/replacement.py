"""A file that is replaced by a new one: whoever reads it sees the old content or the new one, never a part."""

import os
from contextlib import suppress
from functools import partial
from pathlib import Path


def replace(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write beside a file, then put that in its place. It follows no link at either name.

    `mode`: the new file's permissions, by default those that the umask gives.

    Raises:
        OSError: it can't be written; the old file is as it was.
    """
    beside = path.with_name(f".{path.name}.partial")
    try:
        beside.unlink(missing_ok=True)  # of a run that was killed, or a link that somebody left for us
        with open(beside, "xb", opener=partial(_open_new, 0o666 if mode is None else 0o600)) as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.write(content)
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _open_new(mode: int, path: str, flags: int) -> int:
    return os.open(path, flags | os.O_EXCL | os.O_NOFOLLOW, mode)
