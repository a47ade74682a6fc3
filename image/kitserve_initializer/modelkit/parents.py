"""Parents of a ModelKit: its model's path is a reference to another ModelKit, and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.log import LOG
from kitserve_initializer.modelkit import modelkit

if TYPE_CHECKING:
    from kitserve_initializer.modelkit.resolver import ResolvedModelKit, Resolver

_LIMIT = 10
"""Parents that a ModelKit has at most, as in `kit unpack`."""


def ancestors(found: ResolvedModelKit, resolver: Resolver) -> list[ResolvedModelKit]:
    """Resolve and log all parents of `found`; the farthest comes first, in the order of unpacking.

    Raises:
        InvalidModelKit: if they are too many, or build on each other in a circle.
        Failure: if one can't be fetched.
    """
    line = [found]
    while reference := modelkit.parent(line[-1].kit):
        names = " => ".join(str(each.reference) for each in line)
        if len(line) > _LIMIT:
            raise InvalidModelKit(f"the ModelKit has more than {_LIMIT} parents: {names} => {reference}")
        following = resolver.resolve(reference)
        if following.kit.digest in {each.kit.digest for each in line}:
            raise InvalidModelKit(f"ModelKits build on each other in a circle: {names} => {reference}")
        LOG.info(
            "%s builds on %s, which is %s, credentials: %s",
            line[-1].reference,
            reference,
            following.kit.digest,
            following.credential.source,
        )
        line.append(following)
    return line[:0:-1]
