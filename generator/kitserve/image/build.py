"""A ModelKit becomes an image: its own layers as they lie in the registry, and one of ours."""

from typing import TYPE_CHECKING

from kitserve_initializer.oci import manifest
from kitserve_initializer.oci.digest import Descriptor
from kitserve_initializer.registry.client import MANIFEST

from kitserve.image import annotations, documents, fitness
from kitserve.image.differences import Differences, Refusal
from kitserve.image.documents import Content, Image, Mount
from kitserve.image.request import Request
from kitserve.image.source import Source, failures, resolve
from kitserve.image.trees import merging, view
from kitserve.image.trees.comparison import Trees, compare
from kitserve.image.trees.reading import ReadLayer, Tell, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.engines.fill_trees import Piece


def build(request: Request, tell: Tell = lambda _done, _total: None) -> Image | Refusal:
    """Resolve a ModelKit, read its layers, and make the image.

    Raises:
        WrongSettings, ProblemsFound, Refused, RegistryUnavailable: as `resolve`.
    """
    return make(resolve(request), request, tell)


def make(source: Source, request: Request, tell: Tell = lambda _done, _total: None) -> Image | Refusal:
    """Read the layers of a ModelKit that is resolved, and make the image; or say why a pod would see another tree.

    Raises:
        WrongSettings: for a platform that is none.
        Refused: if the initializer would refuse a layer, or there are too many files.
        RegistryUnavailable: if the registry doesn't hand one over.
    """
    places = [documents.platform(text) for text in dict.fromkeys(request.platforms)]
    with failures():
        pieces = source.pieces
        if unfit := fitness.judge(pieces, source).refusal:
            return unfit
        layers = read(pieces, tell, source.options.shares)
        own = _own_layer(layers, source.kitfile)
        if isinstance(own, Refusal):
            return own
        content = Content(mounts(source, pieces), tuple(each.diff_id for each in layers), own)
        return documents.image(content, places, _subject(source), annotations.of(source, request))


def _own_layer(layers: list[ReadLayer], kitfile: bytes | None) -> bytes | Refusal:
    found = Differences()
    found.extend(each.laid.differences for each in layers)
    written = merging.written((each.written.paths for each in layers), kitfile=kitfile is not None)
    laid = merging.laid((each.laid.paths for each in layers), found)
    own = compare(Trees(written, laid, view.folder(layers, found)), kitfile, found)
    return found.refusal or own.archive


def mounts(source: Source, pieces: "Sequence[Piece]") -> tuple[Mount, ...]:
    """Return the layers with the media types that layers of images have."""
    return tuple(
        Mount(
            source.holder(repository),
            Descriptor(
                f"{documents.LAYER}+{layer.compression}".rstrip("+"),
                layer.descriptor.digest,
                layer.descriptor.size,
            ),
        )
        for repository, layer in pieces
    )


def _subject(source: Source) -> Descriptor:
    """Return the descriptor of the ModelKit's manifest."""
    found = source.found.repository.manifest(source.found.kit.digest)
    told = manifest.parse(found.body).get("mediaType")
    return Descriptor(told if isinstance(told, str) else MANIFEST, found.digest, len(found.body))
