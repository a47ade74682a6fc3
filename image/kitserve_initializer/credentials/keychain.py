"""Keychains: each resolves a ModelKit to a credential, and the first that has one wins.

Each kind is a module of its own. Nothing is sent to a registry before it asks: see registry/auth.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.registry.credential import ANONYMOUS

if TYPE_CHECKING:
    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.registry.credential import Credential


class Keychain(Protocol):
    """A source of credentials, as in go-containerregistry's authn."""

    @property
    def origin(self) -> str:
        """The name of the source."""

    def resolve(self, reference: Reference) -> Credential | None:
        """Return who we are to the registry of `reference`; None where this source doesn't know it.

        Raises:
            CredentialSourceFailed: if the source is there and can't be used.
        """


@dataclass(frozen=True)
class MultiKeychain:
    """Keychains in the order in which they are asked."""

    keychains: tuple[Keychain, ...]

    def resolve(self, reference: Reference) -> Credential:
        """Return the first credential that a keychain has, else the anonymous one.

        Raises:
            CredentialSourceFailed: if a keychain that is asked can't be used.
        """
        for keychain in self.keychains:
            if found := keychain.resolve(reference):
                say(events.CREDENTIALS_FOUND, credentials=found.source, registry=reference.registry)
                return found
            say(events.CREDENTIALS_ABSENT, credentials=keychain.origin, registry=reference.registry)
        return ANONYMOUS
