"""What is wrong with layers for an image before one of them is read."""

from collections import Counter
from typing import TYPE_CHECKING

from kitserve_initializer.engines.selection import path_of
from kitserve_initializer.registry.client import registry_url

from kitserve.image.differences import Differences
from kitserve.image.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.engines.fill_trees import Piece
    from kitserve_initializer.modelkit.resolver import ResolvedModelKit

_LAYERS = 400
"""Layers of an image: overlayfs takes 500, and a mount's options, a page of memory, hold the names of so many."""

_NO_ARCHIVE = "is a file without an archive, and an image's layers are archives"
_TWICE = "is one of several places that the ModelKit gives the layer {}"
_ELSEWHERE = "is in another registry, and an image's layers are in one"
_TOO_MANY = "would be an image of {} layers, and container runtimes take {}"


def judge(pieces: "Sequence[Piece]", source: Source) -> Differences:
    """Return the differences that are known by then."""
    found = Differences()
    places = Counter(layer.descriptor.digest for _, layer in pieces)
    home = _registry(source.found, source)
    for repository, layer in pieces:
        holder = source.holder(repository)
        digest = layer.descriptor.digest
        if layer.file:
            found.add(
                path_of(layer), _NO_ARCHIVE, "pack it as an archive, as `kit pack` and `modctl build` do"
            )
        elif places[digest] > 1:
            found.add(path_of(layer), _TWICE.format(digest), "pack it once, or leave one out (--filter)")
        if _registry(holder, source) != home:
            found.add(str(holder.reference), _ELSEWHERE, "copy it there, and pack again with that reference")
    if len(pieces) >= _LAYERS:
        found.add(
            str(source.found.reference),
            _TOO_MANY.format(len(pieces) + 1, _LAYERS),
            "pack folders instead of files, or leave some out (--filter)",
        )
    return found


def _registry(holder: "ResolvedModelKit", source: Source) -> str:
    return registry_url(holder.reference, plain_http=source.options.plain_http)
