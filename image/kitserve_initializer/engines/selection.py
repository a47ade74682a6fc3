"""The layers to unpack of a ModelKit and those that it builds on, each with the repository that it is fetched from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.config import filters
from kitserve_initializer.destination.kitfile import KITFILE
from kitserve_initializer.engines.fill_trees import distinct
from kitserve_initializer.engines.prepare import conflict_policy
from kitserve_initializer.fs.paths import join, split
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.modelkit import layers, placement

if TYPE_CHECKING:
    from kitserve_initializer.config.options import Options
    from kitserve_initializer.engines.fill_trees import Piece
    from kitserve_initializer.modelkit.layers import Layer
    from kitserve_initializer.modelkit.resolver import ResolvedModelKit


def select(found: ResolvedModelKit, parents: list[ResolvedModelKit], options: Options) -> list[Piece]:
    """Return the layers to unpack, parents first. Only filters for models and parts select a parent's layers.

    Raises:
        InvalidModelKit: if config and manifest contradict each other, or there are too many layers.
    """
    pieces = distinct(_pieces(found, parents, options), conflict_policy(options))
    for _, layer in pieces:
        descriptor = layer.descriptor
        say(
            events.LAYER_PLACED,
            layer=layer,
            file=path_of(layer) or ".",
            digest=descriptor.digest,
            bytes=descriptor.size,
            media_type=descriptor.media_type,
        )
    return pieces


def size_of(pieces: list[Piece]) -> int:
    """Return the bytes of the layers, as they are in the registry."""
    return sum(layer.descriptor.size for _, layer in pieces)


def kitfile_of(found: ResolvedModelKit, options: Options) -> bytes | None:
    """Return the Kitfile if it is wanted and there is one."""
    if not (filters.takes_kitfile(options.filters) and options.patterns.take((KITFILE,))):
        return None
    if not found.kit.has_kitfile:
        say(events.KITFILE_ABSENT, reference=found.reference)
        return None
    return found.kit.kitfile.yaml


def path_of(layer: Layer) -> str:
    """Return the path of what a layer holds, in the destination; empty for the destination itself."""
    if layer.file:
        return join(placement.lift(layer.file.parts, layer.root, is_file=True))
    if not layer.root:
        return layer.entry.path
    return join(placement.lift(split(layer.entry.path, marker=True), layer.root, is_file=False))


def tell_checked(found: ResolvedModelKit, parents: list[ResolvedModelKit], options: Options) -> None:
    """Log that a ModelKit can be had, and what there is to unpack of it.

    Raises:
        InvalidModelKit: as `select`.
    """
    pieces = select(found, parents, options)
    say(
        events.CHECKED,
        reference=found.reference,
        digest=found.kit.digest,
        layers=len(pieces),
        bytes=size_of(pieces),
    )


def _pieces(found: ResolvedModelKit, parents: list[ResolvedModelKit], options: Options) -> list[Piece]:
    wanted = [(parent, filters.for_parents(options.filters)) for parent in parents] + [
        (found, options.filters)
    ]
    pieces = [(each.repository, layer) for each, taken in wanted for layer in layers.select(each.kit, taken)]
    entries = [entry for each, _ in wanted for entry in each.kit.entries]
    placed = placement.place([layer for _, layer in pieces], entries, options.layout)
    return [(repository, layer) for (repository, _), layer in zip(pieces, placed, strict=True)]
