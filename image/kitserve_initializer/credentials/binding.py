"""Which registries a login is for, where a list says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.credentials.registry_keys import names_of, normal

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_listed(registry: str, listed: Iterable[str]) -> bool:
    """Return whether a registry is one of those listed, whole and with its port; Docker Hub has more than one name."""
    wanted = {name.lower() for name in names_of(registry)}
    return any(normal(each).lower() in wanted for each in listed)
