"""Names from archives and manifests as paths below the destination."""

from __future__ import annotations

from kitserve_initializer.errors import UnsafeArchive

RESERVED = ".kitserve"
"""Top-level names that begin so are the initializer's own: the folder it stages in."""

_NAME_LIMIT = 255
_DEPTH_LIMIT = 255

Parts = tuple[str, ...]
"""A path relative to the destination, by components; empty is the destination itself."""


def split(name: str) -> Parts:
    """Split a name into components: `a//b/./c/` is a, b, c. Only whole components count, so `a..b` is valid.

    Raises:
        UnsafeArchive: if it leaves the destination, or can't be a path.
    """
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/"):
        raise UnsafeArchive(f"the path {name!r} in a layer is absolute")
    if ".." in parts:
        raise UnsafeArchive(f"the path {name!r} in a layer leaves the destination")
    if "\0" in name or any(len(part.encode("utf-8", "surrogateescape")) > _NAME_LIMIT for part in parts):
        raise UnsafeArchive(f"the path {name[:80]!r} in a layer can't be a file's name")
    if len(parts) > _DEPTH_LIMIT:
        raise UnsafeArchive(f"the path {name[:80]!r}... in a layer is more than {_DEPTH_LIMIT} levels deep")
    if is_reserved(parts):
        raise UnsafeArchive(f"the path {name!r} in a layer is reserved: {RESERVED}* is the initializer's own")
    return parts


def is_reserved(parts: Parts) -> bool:
    """Return whether a path is one of the initializer's own."""
    return bool(parts) and parts[0].startswith(RESERVED)


def join(parts: Parts) -> str:
    """Return the path as users write it."""
    return "/".join(parts)
