"""KIT_USER and KIT_PASSWORD: for the registry that the reference names, as KitOps' own initializer logs in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.credentials.binding import is_listed
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.registry.credential import Credential

if TYPE_CHECKING:
    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.secret import Secret


@dataclass(frozen=True)
class KitEnv:
    """A keychain for the registries that it is `bound` to, else for `registry`, that of the storageUri, alone.

    These are no credentials for another host, such as a parent ModelKit's.
    """

    origin = "KIT_USER"

    user: str
    password: Secret
    registry: str
    bound: tuple[str, ...] = ()

    def resolve(self, reference: Reference) -> Credential | None:
        """Return the user and password, if the ModelKit lies in one of their registries."""
        if not self.user:
            return None
        if is_listed(reference.registry, self.bound or (self.registry,)):
            return Credential(self.user, self.password, "KIT_USER")
        if self.bound:
            say(
                events.LOGIN_BOUND_ELSEWHERE,
                credentials="KIT_USER",
                registry=reference.registry,
                registries=self.bound,
            )
        return None
