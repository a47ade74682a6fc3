"""What a ModelKit is, by its manifest and config alone: no layer is fetched."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer import errors
from kitserve_initializer.config import filters
from kitserve_initializer.modelkit import layers
from kitserve_initializer.modelkit.parents import ancestors
from kitserve_initializer.oci import manifest
from kitserve_initializer.printable import printable
from kitserve_initializer.trust import search
from kitserve_initializer.trust.formats.signature import MalformedError

from kitserve.registry import image_index
from kitserve.registry.session import Session, session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.modelkit.layers import Layer
    from kitserve_initializer.modelkit.modelkit import ModelKit
    from kitserve_initializer.modelkit.resolver import ResolvedModelKit
    from kitserve_initializer.registry.client import Repository


@dataclass(frozen=True)
class InspectedLayer:
    """A layer: its type in filters, its name and path in the Kitfile, and its blob, of `size` bytes."""

    kind: str
    name: str
    path: str
    digest: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Parent:
    """A ModelKit that another one builds on."""

    reference: str
    digest: str


@dataclass(frozen=True)
class Signatures:
    """How many signatures lie beside a manifest, judged by nobody; `fault` is why they can't be counted."""

    bundles: int = 0
    tagged: int = 0
    fault: str = ""


@dataclass(frozen=True)
class Inspection:
    """A ModelKit in a registry. `index` is the digest of what it was chosen from, if that is an index.

    `image` is the URI of the image that `kitserve image` made of it, empty if there is none that is current.
    `version` is that of the Kitfile's format. `kitfile` is empty if the artifact has none. `size` is that of all
    layers that are unpacked, with those of the parents, in bytes.
    """

    reference: str
    digest: str
    index: str
    kind: str
    version: str
    config_type: str
    size: int
    layers: tuple[InspectedLayer, ...]
    parents: tuple[Parent, ...]
    signatures: Signatures
    image: str
    kitfile: str


def inspect(reference: str, flags: "Sequence[str]", image: str) -> Inspection:
    """Ask the registry for a ModelKit's manifest and config, those of its parents, and the list of its signatures.

    `image` is the URI that an image of it would have; empty if it can't have one.

    Raises:
        WrongSettings: if the reference, an option or a variable can't be used.
        RegistryUnavailable: if the registry doesn't hand it over.
        Refused: if it isn't a ModelKit that the initializer can read.
    """
    with session(reference, flags) as asked:
        return _inspected(asked, image)


def _inspected(asked: Session, image: str) -> Inspection:
    resolver = asked.resolver()
    found = resolver.resolve(asked.source, asked.options.labels)
    parents = ancestors(found, resolver)
    listed = tuple(map(_layer, layers.select(found.kit, ())))
    of_parents = filters.for_parents(())
    inherited = (layer.descriptor.size for each in parents for layer in layers.select(each.kit, of_parents))
    return Inspection(
        reference=str(found.reference),
        digest=found.kit.digest,
        index=found.kit.index_digest,
        kind=found.kit.kind,
        version=str(found.kit.kitfile.document.get("manifestVersion", "")),
        config_type=found.kit.manifest.config.media_type,
        size=sum(layer.size for layer in listed) + sum(inherited),
        layers=listed,
        parents=tuple(map(_parent, parents)),
        signatures=_signatures(found.repository, found.kit.index_digest or found.kit.digest),
        image=image if _is_image(found, image) else "",
        kitfile=_kitfile(found.kit),
    )


def _layer(layer: "Layer") -> InspectedLayer:
    entry, blob = layer.entry, layer.descriptor
    return InspectedLayer(entry.kind, entry.name, entry.shown, blob.digest, blob.media_type, blob.size)


def _parent(parent: "ResolvedModelKit") -> Parent:
    return Parent(str(parent.reference), parent.kit.digest)


def _kitfile(kit: "ModelKit") -> str:
    return kit.kitfile.yaml.decode() if kit.has_kitfile else ""


def _is_image(found: "ResolvedModelKit", image: str) -> bool:
    """Return whether the tag of an image is one, made of this ModelKit."""
    index = found.repository.find(image.rpartition(":")[2]) if image else None
    return index is not None and image_index.source(index.body) == found.kit.digest


def _signatures(repository: "Repository", digest: str) -> Signatures:
    try:
        tag = search.tag_of(digest)
        tagged = repository.find(tag) if tag else None
        count = len(manifest.read(manifest.parse(tagged.body)).layers) if tagged else 0
        return Signatures(len(search.referring(repository, digest)), count)
    except (errors.RegistryFailure, errors.ContentFailure, MalformedError) as error:
        return Signatures(fault=printable(str(error)))
