"""Who we are to a registry: a chain of sources, and the first that has an answer for the host wins.

Each source is a module of its own: it returns a Credential for the hosts it knows and None for all others. Nothing is
sent to a registry before it asks: see authorization.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from kitserve_initializer.oci.reference import Reference

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


Source = Callable[[str], Credential | None]
"""Registry's host[:port] -> its credential, or None when the source has none for it."""

Login = Callable[["Reference"], Credential]
"""ModelKit -> who we are to its registry."""

ANONYMOUS = Credential("", Secret(""), "anonymous")


def first_of(sources: list[Source], host: str) -> Credential:
    """Return the credential of the first source that has one for `host`, else anonymous."""
    return next(filter(None, (source(host) for source in sources)), ANONYMOUS)
