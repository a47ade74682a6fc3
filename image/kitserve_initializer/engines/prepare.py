"""The first steps of every engine: resolve the ModelKit and its parents, and log what will be unpacked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.config import filters
from kitserve_initializer.destination import marker
from kitserve_initializer.destination.request import Request
from kitserve_initializer.errors import UnexpectedDigest
from kitserve_initializer.fs.merge_dirs import ConflictPolicy
from kitserve_initializer.fs.os_errors import destination_errors
from kitserve_initializer.fs.reserved_names import MARKER
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.modelkit.parents import ancestors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.config.options import Options
    from kitserve_initializer.destination.place import Place
    from kitserve_initializer.modelkit.resolver import ResolvedModelKit, Resolver
    from kitserve_initializer.oci.reference import Reference


def demanded(reference: Reference, options: Options) -> frozenset[str] | None:
    """Return the digests that parents by tag may have: none of them counts but where a digest is demanded.

    One that is demanded in the reference binds the ModelKit alone; `kitserve.io/digest` may name its parents too.
    """
    if options.allow_parents_by_tag or not (reference.digest or options.digests):
        return None
    return frozenset(options.digests)


def parents_of(
    found: ResolvedModelKit, options: Options, resolver: Resolver, wanted: frozenset[str] | None
) -> list[ResolvedModelKit]:
    """Resolve what `found` builds on, the farthest first; nothing if the filters leave nothing of it.

    Parents by tag have to have one of the digests `wanted`, unless it is None.

    Raises:
        UnexpectedDigest: if they haven't.
        Failure: if a parent can't be had.
    """
    return ancestors(found, resolver, wanted) if filters.for_parents(options.filters) else []


def is_complete(place: Place, asked: Request, options: Options) -> bool:
    """Tell whether a place holds what is asked for, if its marker is to be believed, and log it."""
    if options.verify_again:
        return False
    with destination_errors(str(place.path)):
        complete = marker.is_complete(place.path, asked)
    if complete:
        tell_complete(place, asked)
    return complete


def tell_complete(place: Place, asked: Request) -> None:
    """Log that there is nothing to do."""
    say(events.ALREADY_THERE, destination=place.path, digest=asked.digest)


def tell_skipped(what: str, markers: int) -> None:
    """Log that markers of earlier unpacks were left out of a destination."""
    if markers:
        say(events.MARKER_SKIPPED, place=what, file=MARKER, count=markers)


def announce(found: ResolvedModelKit, options: Options) -> None:
    """Log what will be unpacked, and with which credentials.

    Raises:
        UnexpectedDigest: if it isn't what the service demands.
    """
    digest, index = found.kit.digest, found.kit.index_digest
    chosen = f", of the index {index}" if index else ""
    if not options.expect(digest, index):
        demanded = " or ".join(options.digests)
        raise UnexpectedDigest(f"{found.reference} is {digest}{chosen}, and the service demands {demanded}")
    say(
        events.RESOLVED,
        reference=found.reference,
        digest=digest,
        index=index,
        credentials=found.credential.source,
        filters=options.filters,
        layout=options.layout,
        allowed=options.patterns.allow,
        ignored=options.patterns.ignore,
    )
    if not options.tls_verify:
        say(events.TLS_UNVERIFIED, flag="--tls-verify=false")


def request(
    digest: str, options: Options, wanted: frozenset[str] | None, parents: Sequence[ResolvedModelKit] = ()
) -> Request:
    """Return what the destination's marker is compared with; `wanted` is as for `parents_of`."""
    return Request(
        digest,
        tuple(map(str, options.filters)),
        conflict_policy(options),
        options.layout,
        options.patterns.allow,
        options.patterns.ignore,
        tuple(parent.kit.digest for parent in parents),
        tuple(parent.kit.digest for parent in parents if not parent.reference.digest),
        options.verification,
        wanted,
    )


def conflict_policy(options: Options) -> ConflictPolicy:
    """Return the rule for a file whose path is taken: -i wins over -o, as in `kit unpack`."""
    if options.ignore_existing:
        return ConflictPolicy.IGNORE
    return ConflictPolicy.OVERWRITE if options.overwrite else ConflictPolicy.REFUSE
