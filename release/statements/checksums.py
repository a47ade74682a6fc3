"""Digests of files, as `sha256sum` writes and reads them."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from release.errors import ReleaseError


def sha256(path: Path) -> str:
    """Return a file's sha256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tree_digests(folder: Path) -> dict[str, str]:
    """Return the sha256 of each file in a folder, by its path there."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path) for path in found}


def lines(paths: Iterable[Path]) -> str:
    """Return a line for each file, by its name alone: where they are published, all files lie in one folder."""
    return "".join(f"{sha256(path)}  {path.name}\n" for path in sorted(paths, key=lambda path: path.name))


def check(listing: str, folder: Path) -> int:
    """Check the files of a folder, and return their number.

    Raises:
        ReleaseError: a file that is listed is missing or has another content.
    """
    rows = [line.split("  ", 1) for line in listing.splitlines()]
    wrong = [
        name for digest, name in rows if not (folder / name).is_file() or sha256(folder / name) != digest
    ]
    if wrong or not rows:
        raise ReleaseError(f"files aren't what SHA256SUMS lists: {', '.join(wrong) or 'it lists none'}")
    return len(rows)
