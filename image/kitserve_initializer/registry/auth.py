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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.http.transport import Answer, Transport
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

    def renew(self, sent: str | None, challenges: Challenges) -> str:
        """Return a header instead of `sent`, which the registry refused: one that another thread got, or a new one.

        Raises:
            Unauthorized, RegistryError: as `answer`, and if the new one is the same.
        """
        with self._lock:
            if self.header and self.header != sent:
                return self.header
            header = self.answer(challenges)
        if header == sent:
            raise self.refusal()
        return header

    def answer(self, challenges: Challenges) -> str:
        """Answer a 401 with a new header, and keep it.

        Raises:
            Unauthorized: if there is no credential to answer with, or the token server refuses it.
        """
        if "bearer" in challenges:
            header = f"Bearer {self._token(challenges['bearer'])}"
        elif "basic" in challenges and self._credential.is_identity_token:
            raise RegistryError(
                f"{self._host} wants a password, {self._credential.source} has an identity token"
            )
        elif "basic" in challenges and self.known_user:
            header = self._basic()
        elif "basic" in challenges:
            raise self.refusal()
        else:
            raise RegistryError(f"{self._host} asks for a login that is neither Basic nor Bearer")
        self.header = header
        return header

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

    def _token(self, challenge: dict[str, str]) -> str:
        realm = challenge.get("realm", "")
        if not realm.startswith(("http://", "https://")):
            raise RegistryError(f"{self._host} names no token server that can be used")
        if self._secure and self.known_user and not realm.startswith("https://"):
            raise RegistryError(
                f"{self._host} wants its password sent to a token server without TLS, which is refused"
            )
        asked = {"service": challenge.get("service", ""), "scope": challenge.get("scope", self._scope)}
        with self._ask(realm, asked) as answer:
            if answer.status in (401, 403):
                raise self.refusal()
            if answer.status != 200:
                raise RegistryError(
                    f"the token server of {self._host} answers {answer.status}",
                    temporary=answer.is_temporary,
                    wait_seconds=answer.wait_seconds,
                )
            return self._read_token(answer.read())

    def _ask(self, realm: str, asked: dict[str, str]) -> Answer:
        """Ask as the token specification says, or with an identity token as its OAuth 2 flow says."""
        if self._credential.is_identity_token:
            form = {"grant_type": "refresh_token", "client_id": "kitserve-initializer", **asked}
            return self._transport.post(realm, {**form, "refresh_token": self._credential.password.reveal()})
        headers = {"Authorization": self._basic()} if self.known_user else {}
        return self._transport.get(f"{realm}{'&' if '?' in realm else '?'}{urlencode(asked)}", headers)

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
