"""The first steps of every engine: resolve the ModelKit and its parents, and log what will be unpacked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.config import filters
from kitserve_initializer.config.options import KIT
from kitserve_initializer.destination.request import Request
from kitserve_initializer.errors import UnexpectedDigest
from kitserve_initializer.fs.merge_dirs import ConflictPolicy
from kitserve_initializer.log import LOG
from kitserve_initializer.modelkit.parents import ancestors
from kitserve_initializer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.config.options import Options
    from kitserve_initializer.modelkit.resolver import ResolvedModelKit, Resolver
    from kitserve_initializer.oci.reference import Reference


def check(reference: Reference, options: Options, resolver: Resolver) -> None:
    """Log in and resolve the reference as for unpacking, without fetching a layer.

    Raises:
        Failure: as unpacking, as far as that would get.
    """
    found = resolver.resolve(reference)
    announce(found, options)
    parents_of(found, options, resolver)


def parents_of(found: ResolvedModelKit, options: Options, resolver: Resolver) -> list[ResolvedModelKit]:
    """Resolve the parents of `found`, the farthest first; none if the filters select nothing from them.

    Raises:
        Failure: if a parent can't be fetched.
    """
    return ancestors(found, resolver) if filters.for_parents(options.filters) else []


def announce(found: ResolvedModelKit, options: Options) -> None:
    """Log what will be unpacked, and with which credentials.

    Raises:
        UnexpectedDigest: if it isn't what the service demands.
    """
    if not options.expect(found.kit.digest):
        demanded = " or ".join(options.digests)
        raise UnexpectedDigest(f"{found.reference} is {found.kit.digest}, and the service demands {demanded}")
    LOG.info(
        "kitserve-initializer %s: %s is %s, credentials: %s, filters: %s%s%s",
        VERSION,
        found.reference,
        found.kit.digest,
        found.credential.source,
        " ".join(map(str, options.filters)) or "none",
        f", layout: {options.layout}" if options.layout != KIT else "",
        f", {options.patterns}" if options.patterns else "",
    )
    if not options.tls_verify:
        LOG.warning("TLS certificates are not verified (--tls-verify=false)")


def request(digest: str, options: Options, parents: Sequence[ResolvedModelKit] = ()) -> Request:
    """Return the request to compare with the destination's marker."""
    return Request(
        digest,
        tuple(map(str, options.filters)),
        conflict_policy(options),
        options.layout,
        options.patterns.allow,
        options.patterns.ignore,
        tuple(parent.kit.digest for parent in parents),
    )


def conflict_policy(options: Options) -> ConflictPolicy:
    """Return the rule for a file whose path is taken: -i wins over -o, as in `kit unpack`."""
    if options.ignore_existing:
        return ConflictPolicy.IGNORE
    return ConflictPolicy.OVERWRITE if options.overwrite else ConflictPolicy.REFUSE
