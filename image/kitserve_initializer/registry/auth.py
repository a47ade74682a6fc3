"""A registry's challenge and the Authorization header that answers it (distribution-spec: Bearer tokens and Basic).

A request goes out without credentials first. When the registry answers 401, its WWW-Authenticate header says
what it wants: Basic takes the credential itself; Bearer names a token server, which takes the credential (or
nobody's) and gives a token for the repository. The header is kept until the registry refuses it, so an expired
token is simply replaced.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from kitserve_initializer.errors import RegistryError, Unauthorized
from kitserve_initializer.http.url import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.http.answer import Answer
    from kitserve_initializer.http.connection import Barred
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.registry.credential import Credential

_PARTS = re.compile(
    r"""(?<![\w-])(?P<key>[\w-]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^\s,]+))|(?P<scheme>[A-Za-z][\w-]*)"""
)

Challenges = dict[str, dict[str, str]]
"""Scheme in lower case -> its parameters."""


def parse_challenges(headers: Sequence[str]) -> Challenges:
    """Parse WWW-Authenticate headers (RFC 9110, 11.6.1), several challenges in one included."""
    challenges: Challenges = {}
    for header in headers:
        parameters: dict[str, str] = {}
        for part in _PARTS.finditer(header):
            if part["scheme"]:
                parameters = challenges.setdefault(part["scheme"].lower(), {})
            else:
                quoted = part["quoted"]
                value = part["token"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
                parameters[part["key"].lower()] = value
    return challenges


def challenges(answer: Answer) -> Challenges:
    """Return what an answer asks for."""
    return parse_challenges(answer.headers.getlist("WWW-Authenticate"))


class Authorization:
    """The Authorization header for one repository of one registry."""

    def __init__(
        self, transport: Transport, host: str, repository: str, credential: Credential, *, secure: bool
    ) -> None:
        self.header: str | None = None
        self._transport = transport
        self._host = host
        self._scope = f"repository:{repository}:pull"
        self._credential = credential
        self._secure = secure
        self._lock = threading.Lock()

    @property
    def known_user(self) -> bool:
        """Whether there is somebody to be refused, rather than nobody."""
        return bool(self._credential.user)

    def renew(self, refused: Answer) -> None:
        """Have another header than the refused one: one that another thread got, or a new one.

        Raises:
            Unauthorized: if there is no credential to answer with, the token server refuses it, or the new one is
                the same.
            RegistryError: if the registry asks for what can't be given, or may not be.
        """
        with self._lock:
            if self.header in (None, refused.sent):
                self.header = self._answer(challenges(refused), refused.elsewhere)
        if self.header == refused.sent:
            raise self.refusal()

    def _answer(self, asked: Challenges, barred: Barred) -> str:
        """Return the header that answers a 401."""
        if "bearer" in asked:
            return f"Bearer {self._token(asked['bearer'], barred)}"
        if "basic" in asked and self._credential.is_identity_token:
            raise RegistryError(
                f"{self._host} wants a password, {self._credential.source} has an identity token"
            )
        if "basic" in asked and self.known_user:
            return self._basic()
        if "basic" in asked:
            raise self.refusal()
        raise RegistryError(f"{self._host} asks for a login that is neither Basic nor Bearer")

    def refusal(self) -> Unauthorized:
        """Return the error for a registry that doesn't let us in."""
        if self.known_user:
            who = f"refuses the user {self._credential.user!r} (401)"
            if self._credential.source == "KIT_USER":
                return Unauthorized(f"{self._host} {who}")
            return Unauthorized(
                f"{self._host} {who}", f"the credentials are from {self._credential.source}: check them there"
            )
        return Unauthorized(
            f"{self._host} asks for a user and password (401)", "set KIT_USER and KIT_PASSWORD"
        )

    def _basic(self) -> str:
        pair = f"{self._credential.user}:{self._credential.password.reveal()}"
        return "Basic " + base64.b64encode(pair.encode()).decode()

    def _token(self, challenge: dict[str, str], barred: Barred) -> str:
        realm = self._realm(challenge)
        asked = {"service": challenge.get("service", ""), "scope": challenge.get("scope", self._scope)}
        with self._ask(realm, asked, barred) as answer:
            if answer.status in (401, 403):
                raise self.refusal()
            if answer.status != 200:
                raise RegistryError(
                    f"the token server of {self._host} answers {answer.status}",
                    temporary=answer.is_temporary,
                    wait_seconds=answer.wait_seconds,
                )
            return self._read_token(answer.read())

    def _realm(self, challenge: dict[str, str]) -> str:
        """Return the token server's URL: with TLS if the registry has it, whoever asks for a token."""
        try:
            realm = clean(challenge.get("realm", ""))
        except ValueError as error:
            raise RegistryError(f"{self._host} names no token server that can be used") from error
        if self._secure and not realm.startswith("https:"):
            raise RegistryError(f"{self._host} names a token server without TLS, which is refused")
        return realm

    def _ask(self, realm: str, asked: dict[str, str], barred: Barred) -> Answer:
        """Ask as the token specification says, or with an identity token as its OAuth 2 flow says."""
        if self._credential.is_identity_token:
            form = {"grant_type": "refresh_token", "client_id": "kitserve-initializer", **asked}
            form["refresh_token"] = self._credential.password.reveal()
            return self._transport.post(realm, form, barred)
        headers = {"Authorization": self._basic()} if self.known_user else {}
        url = f"{realm}{'&' if '?' in realm else '?'}{urlencode(asked)}"
        return self._transport.get(url, headers, barred=barred)

    def _read_token(self, body: bytes) -> str:
        try:
            answer = json.loads(body)
            token = answer.get("token") or answer.get("access_token")
        except (ValueError, AttributeError, RecursionError) as error:
            raise RegistryError(
                f"the token server of {self._host} answers something else than JSON"
            ) from error
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise RegistryError(f"the token server of {self._host} gives no token")
        return token
