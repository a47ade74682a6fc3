"""The engine `native`: every byte verified, layers in parallel, all or nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from kitserve_initializer.config import filters
from kitserve_initializer.destination.kitfile import KITFILE
from kitserve_initializer.destination.staging import Staging
from kitserve_initializer.engines.fill_trees import distinct, fill
from kitserve_initializer.engines.prepare import (
    announce,
    conflict_policy,
    demanded,
    is_complete,
    parents_of,
    request,
)
from kitserve_initializer.fs.paths import join, split
from kitserve_initializer.log import LOG, PROGRESS
from kitserve_initializer.modelkit import layers, placement

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitserve_initializer.config.options import Options
    from kitserve_initializer.destination.place import Place
    from kitserve_initializer.destination.request import Request
    from kitserve_initializer.engines.fill_trees import Piece
    from kitserve_initializer.modelkit.layers import Layer
    from kitserve_initializer.modelkit.resolver import ResolvedModelKit, Resolver
    from kitserve_initializer.oci.reference import Reference


def plan(
    reference: Reference, place: Place, options: Options, resolver: Resolver
) -> Callable[[], None] | None:
    """Return what unpacks the ModelKit `reference` into its place, which is made if it is missing; None if it is there.

    The caller plans all before it unpacks any: what is there then, nothing of this run has written.

    Raises:
        Failure: whatever went wrong. When what is returned raises it, the destination is as it was.
    """
    wanted = demanded(reference, options)
    known = reference.digest if options.expect(reference.digest) else ""
    if known and is_complete(place, request(known, options, wanted), options):
        return None
    found = resolver.resolve(reference, options.labels)
    announce(found, options)
    if is_complete(place, request(found.kit.digest, options, wanted), options):
        return None
    parents = parents_of(found, options, resolver, wanted)
    pieces = distinct(_pieces(found, parents, options), conflict_policy(options))
    return partial(
        _deliver, found, pieces, place, options, request(found.kit.digest, options, wanted, parents)
    )


def _deliver(
    found: ResolvedModelKit, pieces: list[Piece], place: Place, options: Options, asked: Request
) -> None:
    with Staging(place, asked, verify_again=options.verify_again) as staging:
        if staging.is_done:
            return
        kitfile = _kitfile(found, options)
        staging.check_planned(_planned([layer for _, layer in pieces], options), kitfile)
        names = fill(pieces, options, staging)
        staging.publish(names, kitfile)
    size = sum(layer.descriptor.size for _, layer in pieces)
    PROGRESS.info("%d layers, %d bytes, verified and unpacked to %s", len(pieces), size, place.path)


def _planned(layers: list[Layer], options: Options) -> list[str]:
    """Return the paths that are known before the layers' content, without those that patterns may leave out."""
    if options.patterns:
        return []
    return [_path(layer) for layer in layers]


def _path(layer: Layer) -> str:
    if layer.file:
        return join(placement.lift(layer.file.parts, layer.root, is_file=True))
    if not layer.root:
        return layer.entry.path
    return join(placement.lift(split(layer.entry.path, marker=True), layer.root, is_file=False))


def _pieces(found: ResolvedModelKit, parents: list[ResolvedModelKit], options: Options) -> list[Piece]:
    """Return the layers to unpack, parents first. Only filters for models and parts select a parent's layers."""
    wanted = [(parent, filters.for_parents(options.filters)) for parent in parents] + [
        (found, options.filters)
    ]
    pieces = [(each.repository, layer) for each, taken in wanted for layer in layers.select(each.kit, taken)]
    entries = [entry for each, _ in wanted for entry in each.kit.entries]
    placed = placement.place([layer for _, layer in pieces], entries, options.layout)
    return [(repository, layer) for (repository, _), layer in zip(pieces, placed, strict=True)]


def _kitfile(found: ResolvedModelKit, options: Options) -> bytes | None:
    """Return the Kitfile if it is wanted and there is one."""
    if not (filters.takes_kitfile(options.filters) and options.patterns.take((KITFILE,))):
        return None
    if not found.kit.has_kitfile:
        LOG.info("%s holds no Kitfile, and none is written", found.reference)
        return None
    return found.kit.kitfile.yaml
