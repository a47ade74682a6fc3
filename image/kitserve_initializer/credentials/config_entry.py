"""One entry of a docker config's `auths`: a user and password in one of two spellings, tokens, or nothing."""

from __future__ import annotations

import binascii
from typing import Any

from kitserve_initializer.credentials.document import folded, well_formed
from kitserve_initializer.errors import CredentialSourceFailed
from kitserve_initializer.registry.credential import Credential
from kitserve_initializer.secret import Secret

LOGIN = frozenset({"auth", "username", "password", "identitytoken", "registrytoken"})
"""The members of an entry that log in; `email` and `serveraddress` are others."""


def login(entry: Any, place: str, source: str) -> Credential | None:  # noqa: ANN401 - JSON has any type
    """Return the login of an entry; an empty one says that a helper has it. `auth` counts over the two fields.

    Raises:
        CredentialSourceFailed: if the entry is malformed.
    """
    members = _members(entry, place)
    user, password = members["username"], members["password"]
    if members["auth"]:
        user, password = _pair(members["auth"], place)
    if password and not user:
        raise CredentialSourceFailed(f"{place} has a password and no user")
    token = members["registrytoken"].strip()
    if not (token.isascii() and token.isprintable()):
        raise CredentialSourceFailed(f"`registrytoken` in {place} holds what no header may hold")
    return Credential(user, Secret(password), source, Secret(members["identitytoken"]), Secret(token)) or None


def _members(entry: Any, place: str) -> dict[str, str]:  # noqa: ANN401 - as above
    if not isinstance(entry, dict | None):
        raise CredentialSourceFailed(f"the entry in {place} is no JSON object")
    members = folded(entry or {})
    found = {name: members.get(name) or "" for name in LOGIN}
    for name, value in found.items():
        if not isinstance(value, str):
            raise CredentialSourceFailed(f"`{name}` in {place} is no text")
    return {name: well_formed(value) for name, value in found.items()}


def _pair(auth: str, place: str) -> tuple[str, str]:
    """Decode USER:PASSWORD: line breaks inside count for nothing, as in Go, nor do missing `=`, as for kubelet."""
    bare = auth.replace("\r", "").replace("\n", "")
    padded = bare if bare.endswith("=") else bare + "=" * (-len(bare) % 4)
    try:
        # What isn't UTF-8 goes to the registry as it is.
        text = binascii.a2b_base64(padded, strict_mode=True).decode("utf-8", "surrogateescape")
    except ValueError:
        text = ""
    user, colon, password = text.partition(":")
    if not (user and colon):
        raise CredentialSourceFailed(f"`auth` in {place} isn't the base64 of USER:PASSWORD")
    return user, password.strip("\0")
