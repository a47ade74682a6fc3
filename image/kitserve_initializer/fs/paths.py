"""Names from archives and manifests as paths below the destination."""

from __future__ import annotations

from kitserve_initializer.errors import UnsafeArchive
from kitserve_initializer.fs.reserved_names import MARKER, RESERVED, has_reserved

_NAME_LIMIT = 255
DEPTH_LIMIT = 255
"""Levels of directories; each costs a descriptor where they are walked."""

Parts = tuple[str, ...]
"""A path relative to the destination, by components; empty is the destination itself."""


def split(name: str, *, marker: bool = False) -> Parts:
    """Split a name into components: `a//b/./c/` is a, b, c. Only whole components count, so `a..b` is a fine name.

    With `marker` the path may be that of a marker (`is_marker`), which nobody writes all the same.

    Raises:
        UnsafeArchive: if it leaves the destination, can't be a path, or has a name of the initializer's own.
    """
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/"):
        raise UnsafeArchive(f"the path {name!r} in a layer is absolute")
    if ".." in parts:
        raise UnsafeArchive(f"the path {name!r} in a layer leaves the destination")
    if "\0" in name or any(len(part.encode("utf-8", "surrogateescape")) > _NAME_LIMIT for part in parts):
        raise UnsafeArchive(f"the path {name[:80]!r} in a layer can't be a file's name")
    if len(parts) > DEPTH_LIMIT:
        raise UnsafeArchive(f"the path {name[:80]!r}... in a layer is more than {DEPTH_LIMIT} levels deep")
    require_free(parts[:-1] if marker and is_marker(parts) else parts)
    return parts


def require_free(parts: Parts) -> None:
    """Look whether no component of a path is a name of the initializer's own.

    Raises:
        UnsafeArchive: if one is.
    """
    if has_reserved(parts):
        raise UnsafeArchive(
            f"the path {join(parts)!r} in a layer is reserved: {RESERVED}* is the initializer's own"
        )


def is_marker(parts: Parts) -> bool:
    """Tell whether a path ends as that of a marker, which a folder that was unpacked once has in it."""
    return parts[-1:] == (MARKER,)


def join(parts: Parts) -> str:
    """Return the path as users write it."""
    return "/".join(parts)
