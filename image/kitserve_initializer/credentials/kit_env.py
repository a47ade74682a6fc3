"""KIT_USER and KIT_PASSWORD: for the registry that the reference names, as KitOps' own initializer logs in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.registry.credential import Credential

if TYPE_CHECKING:
    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.secret import Secret


@dataclass(frozen=True)
class KitEnv:
    """A keychain for `registry` alone: these are no credentials for another host, such as a parent ModelKit's."""

    user: str
    password: Secret
    registry: str

    def resolve(self, reference: Reference) -> Credential | None:
        """Return the user and password, if the ModelKit lies in their registry."""
        if not self.user or reference.registry != self.registry:
            return None
        return Credential(self.user, self.password, "KIT_USER")
