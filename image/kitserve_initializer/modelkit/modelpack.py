"""ModelPack, CNCF's format for models in registries (github.com/modelpack/model-spec), read as a ModelKit.

kit stores a ModelPack's Kitfile in an annotation. Of other ModelPacks the layers give the entries, by kind
and path, so filters work; such a derived Kitfile isn't unpacked, as in kit 1.15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.modelkit import file_annotations
from kitserve_initializer.modelkit.kitfile import Entry, Kitfile
from kitserve_initializer.modelkit.kitfile_yaml.emitter import Ordered
from kitserve_initializer.oci import media_types
from kitserve_initializer.oci.reference import is_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve_initializer.oci.digest import Descriptor
    from kitserve_initializer.oci.manifest import Manifest
    from kitserve_initializer.oci.media_types import LayerType

CONFIG_TYPES = tuple(f"application/vnd.{name}.model.config.v1+json" for name in ("cncf", "cnai"))
ARTIFACT_TYPES = tuple(f"application/vnd.{name}.model.manifest.v1+json" for name in ("cncf", "cnai"))
"""The specification's, and those it had until 0.0.6."""
KITFILE = "ml.kitops.modelkit.kitfile"
"""The manifest's annotation with the JSON of a Kitfile."""

_PREFIXES = ("application/vnd.cncf.model.", "application/vnd.cnai.model.", "application/vnd.kitops.modelkit.")
_PACKED_FOLDER = "io.deis.oras.content.unpack"
"""The annotation of oras about a layer that is a folder's archive, whatever type it has."""
_FILTERS = {"model": "model", "modelpart": "model", "dataset": "datasets", "code": "code", "docs": "docs"}
"""The filters' words for kinds of layers."""


def diff_ids(config: dict[str, Any]) -> tuple[str, ...]:
    """Read the digests that the layers have uncompressed, in their order; none if the config doesn't tell them.

    Raises:
        InvalidModelKit: if they aren't digests.
    """
    place = config.get("modelfs")
    fields = place if isinstance(place, dict) else {}
    found = fields.get("diffIds") or fields.get("diff_ids") or []
    if not isinstance(found, list) or not all(isinstance(each, str) and is_digest(each) for each in found):
        raise InvalidModelKit("the config's modelfs.diffIds aren't a list of digests")
    return tuple(found)


def layer_type(layer: Descriptor) -> LayerType | None:
    """Return a layer's type; one of no type of models that has a name is a file, as RamaLama packs them by podman."""
    known = media_types.parse(layer.media_type)
    is_foreign = not layer.media_type.startswith(_PREFIXES) and _PACKED_FOLDER not in layer.annotations
    if known or not (is_foreign and file_annotations.name(layer)):
        return known
    return media_types.LayerType("model", media_types.RAW, "")


def kitfile(found: Manifest) -> Kitfile:
    """Derive entries from the layers; the first weights are the model, the others and their configs are parts.

    Raises:
        InvalidModelKit: if a raw layer has no name, a layer an unknown type of ModelPack, or none a known one.
    """
    entries = tuple(_entries(found))
    if found.layers and not entries:
        raise InvalidModelKit(
            f"no layer is of a type that models have; the first is {found.layers[0].media_type!r}"
        )
    return Kitfile(Ordered(), entries)


def _entries(found: Manifest) -> Iterator[Entry]:
    has_model = False
    for layer in found.layers:
        kind = layer_type(layer)
        if not kind:
            if layer.media_type.startswith(_PREFIXES[:2]):
                raise InvalidModelKit(f"the layer {layer.digest} is of the unknown type {layer.media_type!r}")
            continue
        word = "modelpart" if kind.kind == "model" and has_model else kind.kind
        has_model = has_model or word == "model"
        yield Entry(_FILTERS.get(word, word), word, layer.digest, _path(layer, kind), layer.digest)


def _path(layer: Descriptor, kind: LayerType) -> str:
    """Return the path of an entry: a file's own, or what an archive is said to hold, whose names count."""
    if kind.form != media_types.RAW:
        return file_annotations.path(layer)
    if found := file_annotations.name(layer):
        return found
    raise InvalidModelKit(
        f"the layer {layer.digest} is a file without a name: it has neither the annotation {file_annotations.PATH} "
        f"nor {file_annotations.TITLE}",
        "pack it with a tool that names files, or as an archive (tar)",
    )
