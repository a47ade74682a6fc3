"""Parents of a ModelKit: its model's path is a reference to another ModelKit, and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.errors import InvalidModelKit, UnexpectedDigest
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.modelkit import modelkit

if TYPE_CHECKING:
    from kitserve_initializer.modelkit.resolver import ResolvedModelKit, Resolver

_LIMIT = 10
"""Parents that a ModelKit has at most, as in `kit unpack`."""


def ancestors(
    found: ResolvedModelKit, resolver: Resolver, demanded: frozenset[str] | None = None
) -> list[ResolvedModelKit]:
    """Find all that `found` builds on, and log it; the farthest comes first, as it is unpacked first.

    A parent by digest is as bound as the ModelKit that names it. If `demanded` isn't None, a parent by tag has to have
    one of these digests.

    Raises:
        UnexpectedDigest: if it hasn't.
        InvalidModelKit: if they are too many, or build on each other in a circle.
        Failure: if one can't be fetched.
    """
    line = [found]
    while reference := modelkit.parent(line[-1].kit):
        names = " => ".join(str(each.reference) for each in line)
        if len(line) > _LIMIT:
            raise InvalidModelKit(f"the ModelKit has more than {_LIMIT} parents: {names} => {reference}")
        if demanded is not None and not (reference.digest or demanded):
            raise _unbound(line[-1], f"{reference}, a tag")
        following = resolver.resolve(reference)
        if not (demanded is None or reference.digest or following.kit.digest in demanded):
            raise _unbound(line[-1], f"{reference}, a tag that is {following.kit.digest}")
        if following.kit.digest in {each.kit.digest for each in line}:
            raise InvalidModelKit(f"ModelKits build on each other in a circle: {names} => {reference}")
        say(
            events.PARENT_RESOLVED,
            child=line[-1].reference,
            reference=reference,
            digest=following.kit.digest,
            credentials=following.credential.source,
        )
        line.append(following)
    return line[:0:-1]


def _unbound(child: ResolvedModelKit, parent: str) -> UnexpectedDigest:
    return UnexpectedDigest(
        f"a digest is demanded, and {child.reference} builds on {parent}, which whoever may push there can move",
        "pack with the parent's digest as the model's path (REPOSITORY@sha256:...), let the annotation "
        "kitserve.io/digest name the parent's digest too, or allow such parents (allowParentsByTag, "
        "KITSERVE_ALLOW_PARENTS_BY_TAG)",
    )
