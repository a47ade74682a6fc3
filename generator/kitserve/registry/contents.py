"""The first files of a ModelKit's model, by the begin of its layers: no layer is fetched whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.archive import tar
from kitserve_initializer.archive.gzip import inflate
from kitserve_initializer.archive.zstd import unzstd
from kitserve_initializer.config.filters import for_parents
from kitserve_initializer.errors import ContentFailure
from kitserve_initializer.fs.paths import join, split
from kitserve_initializer.modelkit.layers import select
from kitserve_initializer.modelkit.parents import ancestors
from kitserve_initializer.printable import printable

from kitserve.registry.session import session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kitserve_initializer.modelkit.layers import Layer
    from kitserve_initializer.registry.client import Repository

_BEGIN = 256 * 1024
"""Bytes of a layer that are fetched."""
_LAYERS = 16
_MODEL = "model"
_HEAD = 16
"""Bytes of a file that say what it is."""
_INFLATERS: "dict[str, Callable[[Iterator[bytes], str], Iterator[bytes | memoryview]]]" = {
    "gzip": inflate,
    "zstd": unzstd,
}


@dataclass(frozen=True)
class Contents:
    """What a ModelKit says of its model.

    `reference` is by tag or digest as it was asked for, `size` that of all layers in bytes, `paths` those of the model
    and its parts in the Kitfile, `heads` the first bytes of the model's first files, by their path in the layout `kit`.
    """

    reference: str
    digest: str
    name: str
    framework: str
    size: int
    compressed: bool
    paths: tuple[str, ...]
    heads: dict[str, bytes]


def read(reference: str, flags: "Sequence[str]") -> Contents:
    """Ask the registry for manifest and config of a ModelKit and its parents, and for the begin of the model's layers.

    Raises:
        WrongSettings, RegistryUnavailable, Refused: as registry/inspection.py.
    """
    with session(reference, flags) as asked:
        resolver = asked.resolver()
        found = resolver.resolve(asked.source, asked.options.labels)
        taken = [*((each, for_parents(())) for each in ancestors(found, resolver)), (found, ())]
        pieces = [(each.repository, layer) for each, wanted in taken for layer in select(each.kit, wanted)]
        models = [piece for piece in pieces if piece[1].entry.kind == _MODEL][:_LAYERS]
        heads = {
            printable(path): head for repository, layer in models for path, head in _heads(repository, layer)
        }
        document = found.kit.kitfile.document
    return Contents(
        reference=str(asked.source),
        digest=found.kit.index_digest or found.kit.digest,
        name=asked.source.repository.rpartition("/")[2],
        framework=_framework(document),
        size=sum(layer.descriptor.size for _, layer in pieces),
        compressed=any(layer.compression for _, layer in pieces),
        paths=tuple(printable(layer.entry.path) for _, layer in models),
        heads=heads,
    )


def _framework(document: "Mapping[str, object]") -> str:
    model = document.get("model")
    told = model.get("framework", "") if isinstance(model, dict) else ""
    return printable(str(told))


def _heads(repository: "Repository", layer: "Layer") -> Iterator[tuple[str, bytes]]:
    begin = repository.begin(layer.descriptor, _BEGIN, str(layer))
    if layer.file:
        yield join(layer.file.parts), begin[:_HEAD]
    else:
        yield from _members(layer, begin)


def _members(layer: "Layer", begin: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files that begin in the first bytes of an archive; what can't be read ends them."""
    inflater = _INFLATERS.get(layer.compression)
    try:
        archive = tar.Archive(inflater(iter([begin]), "a layer") if inflater else iter([begin]), "a layer")
        for member in archive:
            if member.kind == tar.FILE:
                content = next(archive.content(), memoryview(b""))
                yield join(layer.prefix + split(member.name, marker=True)), bytes(content[:_HEAD])
    except ContentFailure:
        return
