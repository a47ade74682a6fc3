"""The server that a Bearer challenge names: it takes a login, or nobody's, and gives a token for the repository."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus, urlencode

from kitserve_initializer.errors import Forbidden, RegistryError
from kitserve_initializer.http.url import clean
from kitserve_initializer.registry.credential import refused
from kitserve_initializer.registry.error_codes import error_codes, told

if TYPE_CHECKING:
    from collections.abc import Container

    from kitserve_initializer.errors import RegistryFailure
    from kitserve_initializer.http.answer import Answer
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.registry.credential import Credential
    from kitserve_initializer.wire.connection import Barred

_CLIENT = "kitserve-initializer"


@dataclass(frozen=True)
class TokenServers:
    """Token servers of the registry `host`; with `secure` only such with TLS are asked."""

    transport: Transport
    host: str
    credential: Credential
    secure: bool

    def token(self, challenge: dict[str, str], scopes: list[str], barred: Barred) -> str:
        """Return a token for the scopes. What the challenge doesn't have, a service for one, isn't sent.

        Raises:
            Unauthorized, Forbidden: if the token server refuses who we are.
            RegistryError: if it may not be asked, or answers with something else than a token.
        """
        realm = self._realm(challenge)
        service = [("service", challenge["service"])] if challenge.get("service") else []
        with self._ask(realm, service, scopes, barred) as answer:
            if answer.status != 200:
                raise self._failure(answer)
            return self._read(answer.read())

    def _realm(self, challenge: dict[str, str]) -> str:
        """Return the token server's URL: with TLS if the registry has it, whoever asks for a token."""
        try:
            realm = clean(challenge.get("realm", ""))
        except ValueError as error:
            raise RegistryError(f"{self.host} names no token server that can be used") from error
        if self.secure and not realm.startswith("https:"):
            raise RegistryError(f"{self.host} names a token server without TLS, which is refused")
        return realm

    def _ask(self, realm: str, service: list[tuple[str, str]], scopes: list[str], barred: Barred) -> Answer:
        """Ask as the token specification says, or with an identity token as its OAuth 2 flow says."""
        if token := self.credential.identity_token:
            form = {"grant_type": "refresh_token", "client_id": _CLIENT, **dict(service)}
            form |= {"scope": " ".join(scopes), "refresh_token": token.reveal()}
            return self.transport.post(realm, form, barred)
        headers = {"Authorization": basic(self.credential)} if self.credential.user else {}
        asked = urlencode([*service, *(("scope", scope) for scope in scopes)])
        return self.transport.get(_with_query(realm, asked, dict(service)), headers, barred=barred)

    def _failure(self, answer: Answer) -> RegistryFailure:
        codes = error_codes(answer)
        server, said = f"the token server of {self.host}", told(answer.status, codes)
        stranger = not self.credential and answer.status == 403
        # The last is the answer of RFC 6749, 5.2, to a refresh token that isn't valid.
        if answer.status == 401 or stranger or (answer.status == 400 and "invalid_grant" in codes):
            return refused(server, self.credential, said)
        if answer.status == 403:
            hint = f"let it pull from the repository, and check the credentials from {self.credential.source}"
            return Forbidden(f"{server} refuses {self.credential.who} ({said})", hint)
        return RegistryError(
            f"{server} answers {said}", temporary=answer.is_temporary, wait_seconds=answer.wait_seconds
        )

    def _read(self, body: bytes) -> str:
        """Read an answer as Go does: names in any case, and what follows the object counts for nothing."""
        try:
            text = body.decode("utf-8-sig", "replace").lstrip()
            answer = {name.lower(): value for name, value in json.JSONDecoder().raw_decode(text)[0].items()}
        except (ValueError, AttributeError, RecursionError) as error:
            raise RegistryError(
                f"the token server of {self.host} answers something else than JSON"
            ) from error
        token = answer.get("access_token") or answer.get("token")
        if not (isinstance(token, str) and token and token.isascii() and token.isprintable()):
            raise RegistryError(f"the token server of {self.host} gives no token")
        return token


def _with_query(realm: str, asked: str, instead: Container[str]) -> str:
    """Return a realm with what is asked behind its own query, of which the members named in `instead` are left out."""
    url, _, query = realm.partition("?")
    kept = [part for part in query.split("&") if part and unquote_plus(part.partition("=")[0]) not in instead]
    return f"{url}?{'&'.join([*kept, asked])}"


def basic(credential: Credential) -> str:
    """Return the Authorization header of a user and password (RFC 7617); what is no UTF-8 goes as it came (PEP 383)."""
    pair = f"{credential.user}:{credential.password.reveal()}"
    return "Basic " + base64.b64encode(pair.encode("utf-8", "surrogateescape")).decode()
