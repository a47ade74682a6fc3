"""Requests to a registry with the login that it asks for; whoever it redirects to gets nobody's."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from kitserve_initializer.errors import RegistryFailure
from kitserve_initializer.http.transport import Request
from kitserve_initializer.http.url import origin
from kitserve_initializer.registry.auth import Authorization
from kitserve_initializer.registry.challenge import asks, challenges
from kitserve_initializer.registry.error_codes import error_codes
from kitserve_initializer.registry.guests import Guests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.http.answer import Answer
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.http.url import Origin
    from kitserve_initializer.registry.credential import Credential

_CHALLENGES = 3
_HIDING = (403, 404)
"""What a registry may say to strangers of a repository that isn't public."""


class Access:
    """Access to one repository of the registry at the URL `base`; it may be used from several threads.

    `scopes` are what tokens are asked for, as `repository:NAME:pull`, which is also what is meant without any.
    """

    def __init__(
        self,
        transport: Transport,
        base: str,
        repository: str,
        credential: Credential,
        scopes: Sequence[str] = (),
    ) -> None:
        asked = origin(base)
        secure = asked.scheme == "https"
        self.credential = credential
        self._root = f"{base}/v2/"
        self._tags = f"{self._root}{repository}/tags/list?n=1"
        self._transport = transport
        wanted = tuple(scopes) or (f"repository:{repository}:pull",)
        self._login = Authorization(transport, asked.label, wanted, credential, secure=secure)
        self._guests = Guests(transport, repository, secure=secure)
        self._lock = threading.Lock()
        self._knocked = False

    def get(self, url: str, headers: dict[str, str], first_byte: float = 0) -> Answer:
        """Send a GET as `send` does. `first_byte` is as in a Request."""
        return self.send(Request("GET", url, headers, None, first_byte))

    def send(self, request: Request) -> Answer:
        """Send a request to the registry, and answer challenges: it may go out several times.

        Raises:
            Unauthorized, Forbidden: if the registry asks for a login and there is none, or refuses it.
            RegistryFailure: if there is no answer, or a token isn't to be had.
        """
        stranger = self.is_stranger
        answer = self._ask(request)
        renewed: set[Origin] = set()
        # The registry may want a token, and whoever it redirects to another one.
        while self._may_answer(answer) and len(renewed) < _CHALLENGES and answer.hop.here not in renewed:
            renewed.add(answer.hop.here)
            answer.drain()
            (self._guests if answer.redirected else self._login).renew(answer)
            answer = self._ask(request)
        if stranger and not renewed and self._may_hide(answer) and self._knock():
            answer.drain()
            return self.send(request)
        return answer

    def lacks_repository(self) -> bool:
        """Return whether the registry says that it doesn't have the repository at all.

        Of a manifest, distribution says MANIFEST_UNKNOWN either way; of the list of tags it doesn't.
        """
        try:
            with self.get(self._tags, {}) as answer:
                return answer.status == 404 and "NAME_UNKNOWN" in error_codes(answer)
        except RegistryFailure:
            return False

    @property
    def is_stranger(self) -> bool:
        """Whether the registry has got no login so far."""
        return self._login.header is None

    def _ask(self, request: Request) -> Answer:
        if header := self._login.header:
            request = request._replace(headers={**request.headers, "Authorization": header})
        return self._transport.follow(request, self._guests.headers())

    def _may_answer(self, answer: Answer) -> bool:
        """Return whether a challenge can be answered; behind a redirect, Basic would want a login."""
        if answer.redirected:
            return answer.status == 401 and bool(challenges(answer).get("bearer", {}).get("realm"))
        # Some registries put the challenge beside a 403.
        wanted = answer.status == 401 or (answer.status == 403 and bool(self.credential) and not answer.sent)
        return wanted and asks(answer)

    def _may_hide(self, answer: Answer) -> bool:
        """Return whether it may be for want of a login that a request fails, though none was asked for.

        As distribution/distribution#1984, moby/moby#17721 and docker/hub-feedback#728 met it.
        """
        if answer.redirected:
            return False
        return answer.status == 401 or (answer.status in _HIDING and bool(self.credential))

    def _knock(self) -> bool:
        """Ask `/v2/` for its challenge, once, and answer it; return whether there is a login."""
        with self._lock:
            if not self._knocked:
                answer = self._transport.get(self._root, {})
                self._knocked = True
                answer.drain()
                if answer.status == 401 and asks(answer) and not answer.redirected:
                    self._login.renew(answer)
        return self._login.header is not None
