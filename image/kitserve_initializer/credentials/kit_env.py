"""KIT_USER and KIT_PASSWORD: for the registry that the reference names, as KitOps' own initializer logs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.credentials.keychain import Credential, Source

if TYPE_CHECKING:
    from kitserve_initializer.secret import Secret


def explicit(user: str, password: Secret, registry: str) -> Source:
    """Answer for `registry` alone: these are no credentials for another host, such as a parent ModelKit's."""

    def find(host: str) -> Credential | None:
        return Credential(user, password, "KIT_USER") if user and host == registry else None

    return find
