"""The engine `native`: every byte verified, layers in parallel, all or nothing."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from kitserve_initializer.destination.staging import Staging
from kitserve_initializer.engines.fill_trees import fill
from kitserve_initializer.engines.prepare import (
    announce,
    demanded,
    is_complete,
    parents_of,
    request,
    tell_complete,
)
from kitserve_initializer.engines.selection import kitfile_of, path_of, select, size_of, tell_checked
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitserve_initializer.config.options import Options
    from kitserve_initializer.destination.place import Place
    from kitserve_initializer.destination.request import Request
    from kitserve_initializer.engines.fill_trees import Piece
    from kitserve_initializer.modelkit.resolver import ResolvedModelKit, Resolver
    from kitserve_initializer.oci.reference import Reference


def check(reference: Reference, options: Options, resolver: Resolver) -> None:
    """Log in and resolve the reference as for unpacking, without fetching a layer.

    Raises:
        Failure: as unpacking, as far as that would get.
    """
    found = resolver.resolve(reference, options.labels)
    announce(found, options)
    tell_checked(found, parents_of(found, options, resolver, demanded(reference, options)), options)


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
    pieces = select(found, parents, options)
    return partial(
        _deliver, found, pieces, place, options, request(found.kit.digest, options, wanted, parents)
    )


def _deliver(
    found: ResolvedModelKit, pieces: list[Piece], place: Place, options: Options, asked: Request
) -> None:
    with Staging(place, asked, verify_again=options.verify_again) as staging:
        if staging.is_done:
            tell_complete(place, asked)
            return
        begun = time.monotonic()
        kitfile = kitfile_of(found, options)
        staging.check_planned(_planned(pieces, options), kitfile)
        filled = fill(pieces, options, staging)
        staging.publish(filled.names, kitfile)
    seconds = time.monotonic() - begun
    say(
        events.UNPACKED,
        destination=place.path,
        digest=asked.digest,
        layers=len(pieces),
        bytes=size_of(pieces),
        fetched_bytes=filled.fetched,
        seconds=seconds,
        bytes_per_second=round(filled.fetched / max(seconds, 0.001)),
    )


def _planned(pieces: list[Piece], options: Options) -> list[str]:
    """Return the paths that are known before the layers' content, without those that patterns may leave out."""
    return [] if options.patterns else [path_of(layer) for _, layer in pieces]
