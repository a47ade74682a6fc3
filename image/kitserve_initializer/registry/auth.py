"""A registry's challenge and the Authorization header that answers it (distribution-spec: Bearer tokens and Basic).

A request goes out without credentials first. When the registry answers 401, its WWW-Authenticate header says
what it wants: Basic takes the credential itself; Bearer names a token server, which takes the credential (or
nobody's) and gives a token for the repository. The header is kept until the registry refuses it, so an expired
token is simply replaced. A login that was refused isn't tried again: some registries lock an account for it.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from kitserve_initializer.errors import Forbidden, RegistryError, Unauthorized
from kitserve_initializer.registry.challenge import challenges
from kitserve_initializer.registry.credential import refused
from kitserve_initializer.registry.token_server import TokenServers, basic

if TYPE_CHECKING:
    from kitserve_initializer.http.answer import Answer
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.registry.challenge import Challenges
    from kitserve_initializer.registry.credential import Credential
    from kitserve_initializer.wire.connection import Barred


class Authorization:
    """The Authorization header of one registry for what the scopes `wanted` name."""

    def __init__(
        self,
        transport: Transport,
        host: str,
        wanted: tuple[str, ...],
        credential: Credential,
        *,
        secure: bool,
    ) -> None:
        self.header: str | None = None
        self.credential = credential
        self._host = host
        self._wanted = wanted
        self._tokens = TokenServers(transport, host, credential, secure)
        self._lock = threading.Lock()
        self._refused: Unauthorized | Forbidden | None = None

    def renew(self, answer: Answer) -> None:
        """Have another header than the refused one: one that another thread got, or a new one.

        Raises:
            Unauthorized, Forbidden: if there is no credential to answer with, the token server refuses it, or the new
                one is the same.
            RegistryError: if the registry asks for what can't be given, or may not be.
        """
        with self._lock:
            if self._refused:
                raise self._refused
            if self.header in (None, answer.sent):
                self.header = self._other(answer)

    def _other(self, answer: Answer) -> str:
        try:
            header = self._answer(challenges(answer), answer.elsewhere)
            if header == answer.sent:
                raise refused(self._host, self.credential)
        except (Unauthorized, Forbidden) as error:
            self._refused = error
            raise
        return header

    def _answer(self, asked: Challenges, barred: Barred) -> str:
        """Return the header that answers a challenge. Bearer counts if both are asked for, as for containerd."""
        bearer, who = asked.get("bearer"), self.credential
        if bearer is not None and who.registry_token:
            return f"Bearer {who.registry_token.reveal()}"
        if bearer is not None and (bearer.get("realm") or "basic" not in asked):
            return f"Bearer {self._tokens.token(bearer, self._scopes(bearer), barred)}"
        if "basic" not in asked:
            raise RegistryError(f"{self._host} asks for a login that is neither Basic nor Bearer")
        if not who:
            raise refused(self._host, who)
        if not who.user or (who.identity_token and not who.password):
            kind = "a registry token" if who.registry_token else "an identity token"
            raise RegistryError(f"{self._host} wants a password, {who.source} has {kind}")
        return basic(who)

    def _scopes(self, challenge: dict[str, str]) -> list[str]:
        """Return the scopes that the challenge names and those that are wanted, less what another one covers."""
        scopes: list[str] = []
        for each in (*challenge.get("scope", "").split(), *self._wanted):
            if not any(_covers(scope, each) for scope in scopes):
                scopes = [*(scope for scope in scopes if not _covers(each, scope)), each]
        return scopes


def _covers(scope: str, other: str) -> bool:
    """Return whether a scope `TYPE:NAME:ACTION[,ACTION...]` allows all that another one does."""
    resource, _, actions = scope.rpartition(":")
    wanted, _, needed = other.rpartition(":")
    allowed = set(actions.split(","))
    return resource == wanted and ("*" in allowed or allowed.issuperset(needed.split(",")))
