"""Who we are to a registry."""

from __future__ import annotations

from dataclasses import dataclass

from kitserve_initializer.secret import Secret

IDENTITY_TOKEN_USER = "<token>"  # noqa: S105 - what stands where a user would
"""As Docker's credential stores write it: the password is an identity token (OAuth 2's refresh token)."""


@dataclass(frozen=True)
class Credential:
    """A user and password, and the `source` they came from, for the log; `user` is empty for anonymous."""

    user: str
    password: Secret
    source: str

    @property
    def is_identity_token(self) -> bool:
        """Whether the password is one to exchange for tokens, and no password."""
        return self.user == IDENTITY_TOKEN_USER


ANONYMOUS = Credential("", Secret(""), "anonymous")
