"""A layer's annotations about its file, as ModelPack defines them (model-spec, docs/annotations.md). All are optional.

Until 0.0.6 of the specification their prefix was `org.cnai.model`, as modctl still reads it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.fs.paths import Parts, split

if TYPE_CHECKING:
    from kitserve_initializer.oci.digest import Descriptor

PATH = "org.cncf.model.filepath"
TITLE = "org.opencontainers.image.title"
"""What tools that know nothing of models name a file by, such as oras and podman."""

_METADATA = "org.cncf.model.file.metadata+json"
_PATHS = (PATH, "org.cnai.model.filepath")
_METADATAS = (_METADATA, "org.cnai.model.file.metadata+json", "org.cnai.model.file.metadata")
_MODE = 0o644
_DIRECTORY, _LINKS = ord("5"), (ord("1"), ord("2"))
"""Typeflags of tar, as numbers. Docker's tools write 0 for a file, modctl and RamaLama 48, which is "0"."""


@dataclass(frozen=True)
class File:
    """The file of a raw layer: its path, its permissions, and its size in bytes if it is known."""

    parts: Parts
    mode: int
    size: int | None


def path(layer: Descriptor) -> str:
    """Return the path that a layer's annotations name, or an empty text."""
    return _first(layer, _PATHS)


def name(layer: Descriptor) -> str:
    """Return what a layer's annotations call its file, or an empty text: its path, its title, or its metadata's name.

    Raises:
        InvalidModelKit: if the metadata can't be read.
    """
    return path(layer) or layer.annotations.get(TITLE, "") or _told(layer, "name", str) or ""


def file(layer: Descriptor, otherwise: str) -> File:
    """Return the file of a raw layer from its annotations; `otherwise` is its path if they have none.

    Raises:
        InvalidModelKit: if they can't be read, or tell of a directory.
        UnsafeArchive: if the path leaves the destination.
    """
    typeflag = _told(layer, "typeflag", int)
    if typeflag == _DIRECTORY:
        raise InvalidModelKit(
            f"the annotation {_METADATA} of a raw layer tells of a directory, and it is a file"
        )
    # RamaLama links to files of other tools: metadata of a link isn't that of the content.
    tells = typeflag not in _LINKS
    mode, size = (_told(layer, key, int) if tells else None for key in ("mode", "size"))
    # As in modctl, and as Go writes what it doesn't know, 0 is "not told".
    return File(split(path(layer) or otherwise, marker=True), (mode or _MODE) & 0o777, size or None)


def _first(layer: Descriptor, keys: tuple[str, ...]) -> str:
    return next((found for key in keys if (found := layer.annotations.get(key))), "")


def _told(layer: Descriptor, key: str, kind: type[int] | type[str]) -> Any:  # noqa: ANN401 - of the type `kind`
    """Return a field of the metadata, or None if it isn't told."""
    value = _metadata(layer).get(key)
    if value is not None and type(value) is not kind:
        wanted = "a number" if kind is int else "a text"
        raise InvalidModelKit(f"the annotation {_METADATA} of a layer has a {key} that isn't {wanted}")
    return value


def _metadata(layer: Descriptor) -> dict[str, Any]:
    try:
        found = json.loads(_first(layer, _METADATAS) or "{}")
        found = {} if found is None else found  # as Go reads null
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InvalidModelKit(f"the annotation {_METADATA} of a layer isn't a JSON object")
    return found
