"""A ModelKit, as its manifest and config describe it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.errors import InvalidModelKit, InvalidReference
from kitserve_initializer.login import is_in_path
from kitserve_initializer.oci import media_types
from kitserve_initializer.oci.reference import parse as parse_reference
from kitserve_initializer.oci.reference import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitserve_initializer.modelkit.kitfile import Entry, Kitfile
    from kitserve_initializer.oci.digest import Descriptor
    from kitserve_initializer.oci.manifest import Manifest
    from kitserve_initializer.oci.media_types import LayerType
    from kitserve_initializer.oci.reference import Reference


def kitops_type(layer: Descriptor) -> LayerType | None:
    """Return the type that a layer's media type says it has; None if it isn't a model's."""
    return media_types.parse(layer.media_type)


@dataclass(frozen=True)
class ModelKit:
    """The content of a ModelKit's manifest and config; `digest` is the manifest's.

    `diff_ids` are those of a ModelPack's layers. Without `has_kitfile` the Kitfile is derived from the layers, of which
    `layer_type` tells kind and form. `index_digest` is that of the index that the ModelKit was chosen from. `kind` is
    what made it, in words.
    """

    digest: str
    manifest: Manifest
    kitfile: Kitfile
    diff_ids: tuple[str, ...] = ()
    has_kitfile: bool = True
    layer_type: Callable[[Descriptor], LayerType | None] = kitops_type
    index_digest: str = ""
    kind: str = "ModelKit"

    @property
    def entries(self) -> list[Entry]:
        """The entries with a layer, or with content elsewhere; a parent has neither."""
        return [entry for entry in self.kitfile.entries if not _is_parent(entry)]


def parent(modelkit: ModelKit) -> Reference | None:
    """Return the ModelKit that this one builds on.

    Raises:
        InvalidModelKit: if it is in a local store, which a pod doesn't have, or its reference holds a user.
    """
    text = next((entry.path for entry in modelkit.kitfile.entries if _is_parent(entry)), "")
    if not text:
        return None
    if is_in_path(text):
        raise InvalidModelKit(
            f"the ModelKit builds on {shown(text)!r}, a reference that holds a user",
            "pack with a reference without one: whoever unpacks has credentials, and the Kitfile can be read",
        )
    try:
        return parse_reference(text)
    except InvalidReference as error:
        raise InvalidModelKit(
            f"the ModelKit builds on {shown(text)!r}, which names no registry",
            "push that one to a registry too, and pack with its full reference as the model's path",
        ) from error


def _is_parent(entry: Entry) -> bool:
    """Return whether a model's path names a parent: it has no layer, and reads as a reference of kit's."""
    if entry.layer != "model" or entry.digest or not set(":@") & set(entry.path):
        return False
    return is_in_path(entry.path) or _reads(entry.path) or _reads(f"localhost:0/{entry.path}")


def _reads(reference: str) -> bool:
    try:
        parse_reference(reference)
    except InvalidReference:
        return False
    return True
