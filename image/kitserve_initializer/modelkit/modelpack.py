"""ModelPack, CNCF's format for models in registries (github.com/modelpack/model-spec), read as a ModelKit.

kit stores a ModelPack's Kitfile in an annotation. Of other ModelPacks the layers give the entries, by kind
and path, so filters work; such a derived Kitfile isn't unpacked, as in kit 1.15.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.fs.paths import Parts, split
from kitserve_initializer.modelkit.kitfile import Entry, Kitfile
from kitserve_initializer.modelkit.kitfile_yaml.emitter import Ordered
from kitserve_initializer.oci import media_types
from kitserve_initializer.oci.reference import is_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve_initializer.oci.digest import Descriptor
    from kitserve_initializer.oci.manifest import Manifest

CONFIG_TYPE = "application/vnd.cncf.model.config.v1+json"
ARTIFACT_TYPE = "application/vnd.cncf.model.manifest.v1+json"
KITFILE = "ml.kitops.modelkit.kitfile"
"""The manifest's annotation with the JSON of a Kitfile."""

_PREFIX = "application/vnd.cncf.model."
_PATH = "org.cncf.model.filepath"
_METADATA = "org.cncf.model.file.metadata+json"
_MODE = 0o644
_FILTERS = {"model": "model", "modelpart": "model", "dataset": "datasets", "code": "code", "docs": "docs"}
"""The filters' words for kinds of layers."""


@dataclass(frozen=True)
class File:
    """The file of a raw layer: its path, its permissions, and its size in bytes if it is known."""

    parts: Parts
    mode: int
    size: int | None


def diff_ids(config: dict[str, Any]) -> tuple[str, ...]:
    """Read the digests that the layers have uncompressed, in their order.

    Raises:
        InvalidModelKit: if they aren't digests.
    """
    place = config.get("modelfs")
    found = place.get("diffIds") if isinstance(place, dict) else None
    if not isinstance(found, list) or not all(isinstance(each, str) and is_digest(each) for each in found):
        raise InvalidModelKit("the config's modelfs.diffIds aren't a list of digests")
    return tuple(found)


def kitfile(found: Manifest) -> Kitfile:
    """Derive entries from the layers; the first weights are the model, the others and their configs are parts.

    Raises:
        InvalidModelKit: if a layer has no path, or an unknown type of ModelPack.
    """
    return Kitfile(Ordered(), tuple(_entries(found)))


def path(layer: Descriptor) -> str:
    """Return the path that a layer's annotations name, or an empty text."""
    return layer.annotations.get(_PATH, "")


def file(layer: Descriptor, otherwise: str) -> File:
    """Return the file of a raw layer from its annotations; `otherwise` is its path if they have none.

    Raises:
        InvalidModelKit: if they can't be read.
        UnsafeArchive: if the path leaves the destination.
    """
    text = layer.annotations.get(_METADATA, "{}")
    try:
        metadata = json.loads(text)
    except (ValueError, RecursionError):
        metadata = None
    if not isinstance(metadata, dict):
        raise InvalidModelKit(f"the annotation {_METADATA} of a layer isn't a JSON object")
    mode, size = metadata.get("mode", _MODE), metadata.get("size")
    if type(mode) is not int or type(size) not in (int, type(None)):
        raise InvalidModelKit(f"the annotation {_METADATA} of a layer has a mode or size that isn't a number")
    return File(split(path(layer) or otherwise, marker=True), mode & 0o777, size)


def _entries(found: Manifest) -> Iterator[Entry]:
    has_model = False
    for layer in found.layers:
        kind = media_types.parse(layer.media_type)
        if not kind:
            if layer.media_type.startswith(_PREFIX):
                raise InvalidModelKit(f"the layer {layer.digest} is of the unknown type {layer.media_type!r}")
            continue
        if not path(layer):
            raise InvalidModelKit(f"the layer {layer.digest} has no annotation {_PATH}")
        word = "modelpart" if kind.kind == "model" and has_model else kind.kind
        has_model = has_model or word == "model"
        yield Entry(_FILTERS.get(word, word), word, "", path(layer), layer.digest)
