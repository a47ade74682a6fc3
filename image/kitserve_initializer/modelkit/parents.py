"""The ModelKits that one builds on: its model's path is a reference to another one's, and so on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.log import LOG
from kitserve_initializer.modelkit import modelkit
from kitserve_initializer.registry.client import Repository

if TYPE_CHECKING:
    from kitserve_initializer.config.flags import UnpackFlags
    from kitserve_initializer.credentials.keychain import Credential, Login
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.modelkit.modelkit import ModelKit
    from kitserve_initializer.oci.reference import Reference

_LIMIT = 10
"""Parents that a ModelKit has at most, as in `kit unpack`."""


@dataclass(frozen=True)
class Found:
    """A ModelKit in a registry, and who we are there."""

    reference: Reference
    repository: Repository
    credential: Credential
    kit: ModelKit


Finder = Callable[["Reference"], Found]
"""Raises a Failure for what can't be had."""


def finder(flags: UnpackFlags, login: Login, transport: Transport) -> Finder:
    """Return what finds ModelKits, each with the credentials for its own registry."""

    def find(reference: Reference) -> Found:
        credential = login(reference)
        repository = Repository(reference, transport, credential, plain_http=flags.plain_http)
        return Found(reference, repository, credential, modelkit.fetch(repository, reference.version))

    return find


def ancestors(found: Found, find: Finder) -> list[Found]:
    """Find all that `found` builds on, and log it; the farthest comes first, as it is unpacked first.

    Raises:
        InvalidModelKit: if they are too many, or build on each other in a circle.
        Failure: if one can't be had.
    """
    line = [found]
    while reference := modelkit.parent(line[-1].kit):
        names = " => ".join(str(each.reference) for each in line)
        if len(line) > _LIMIT:
            raise InvalidModelKit(f"the ModelKit has more than {_LIMIT} parents: {names} => {reference}")
        following = find(reference)
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
