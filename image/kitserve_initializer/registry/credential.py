"""Who we are to a registry, and what is said if it doesn't let us in."""

from __future__ import annotations

from dataclasses import dataclass

from kitserve_initializer.errors import Unauthorized
from kitserve_initializer.secret import Secret

_NONE = Secret("")


@dataclass(frozen=True)
class Credential:
    """A user and password, tokens, or both, and the `source` they came from, for the log; anonymous has none of them.

    `identity_token` is OAuth 2's refresh token, which a token server takes instead of a password. `registry_token` goes
    to the registry itself, as Bearer.
    """

    user: str
    password: Secret
    source: str
    identity_token: Secret = _NONE
    registry_token: Secret = _NONE

    def __bool__(self) -> bool:
        return bool(self.user or self.identity_token or self.registry_token)

    @property
    def who(self) -> str:
        """Name in a sentence who is let in or refused."""
        if self.registry_token:
            return f"the registry token from {self.source}"
        if self.identity_token:
            return f"the identity token from {self.source}"
        return f"the user {self.user!r}"

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What no log may show."""
        return self.password, self.identity_token, self.registry_token


ANONYMOUS = Credential("", _NONE, "anonymous")


def refused(host: str, credential: Credential, said: str = "401") -> Unauthorized:
    """Return the error for a host that doesn't let us in; `said` are its status and codes."""
    if not credential:
        return Unauthorized(f"{host} asks for a user and password ({said})", "set KIT_USER and KIT_PASSWORD")
    cause = f"{host} refuses {credential.who} ({said})"
    if credential.source == "KIT_USER":
        return Unauthorized(cause)
    password = credential.password.reveal()
    # As `echo user:password | base64` makes it.
    blank = "; the password begins or ends with white space" if password != password.strip() else ""
    return Unauthorized(cause, f"the credentials are from {credential.source}: check them there{blank}")
