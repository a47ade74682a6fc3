"""Other registries that a registry redirects to: they may ask for a token, and get nobody's."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from kitserve_initializer.errors import RegistryFailure, Unauthorized
from kitserve_initializer.registry.auth import Authorization
from kitserve_initializer.registry.credential import ANONYMOUS

if TYPE_CHECKING:
    from kitserve_initializer.http.answer import Answer
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.http.url import Origin


class Guests:
    """The Authorization headers, all of them anonymous, for one repository in registries that one redirects to."""

    def __init__(self, transport: Transport, repository: str, *, secure: bool) -> None:
        self._transport = transport
        self._scopes = (f"repository:{repository}:pull",)
        self._secure = secure
        self._lock = threading.Lock()
        self._known: dict[Origin, Authorization] = {}

    def headers(self) -> dict[Origin, str]:
        """Return the header for each that has asked so far."""
        with self._lock:
            return {origin: found.header for origin, found in self._known.items() if found.header}

    def renew(self, refused: Answer) -> None:
        """Have another header for who gave this answer.

        Raises:
            Unauthorized: if nobody's token is to be had there, or not enough.
            RegistryFailure: if the token server can't be asked.
        """
        origin = refused.hop.here
        with self._lock:
            secure = self._secure or origin.scheme == "https"
            made = Authorization(self._transport, refused.hop.who, self._scopes, ANONYMOUS, secure=secure)
            known = self._known.setdefault(origin, made)
        try:
            known.renew(refused)
        except Unauthorized as error:
            raise guest_refusal(refused) from error


def guest_refusal(refused: Answer) -> RegistryFailure:
    """Return the error for a registry that another one redirects to, and that lets nobody in without a login."""
    return Unauthorized(
        f"{refused.hop.who} asks for a login and gets none",
        f"credentials for {refused.host} are for no other registry: refer to the other one by its own name",
    )
