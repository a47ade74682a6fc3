"""Docker's config.json, which is also what a Secret of type kubernetes.io/dockerconfigjson and podman's auth.json hold.

For a registry it has an `auths` entry, a helper in `credHelpers`, or one for all in `credsStore`. A legacy .dockercfg,
as in a Secret of type kubernetes.io/dockercfg, is its `auths` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitserve_initializer.credentials.config_entry import LOGIN, login
from kitserve_initializer.credentials.document import decoded, folded, parse
from kitserve_initializer.credentials.helper import ask
from kitserve_initializer.credentials.registry_keys import matching, normal, server_names
from kitserve_initializer.errors import CredentialSourceFailed
from kitserve_initializer.http.url import PORTS
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from pathlib import Path

    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.registry.credential import Credential

_HTTPS = PORTS["https"]


@dataclass(frozen=True)
class DockerConfig:
    """A keychain that is a config's text; `origin` names it in the log, and `port` is the registry's default one."""

    text: Secret
    origin: str
    port: int = _HTTPS

    def resolve(self, reference: Reference) -> Credential | None:
        """Return the credential for the reference's repository, else for its registry."""
        return lookup(parse(self.text.reveal(), self.origin), reference, self.origin, self.port)


@dataclass(frozen=True)
class DockerConfigFile:
    """A keychain that is a config's file, which may be missing."""

    path: Path
    origin: str
    port: int = _HTTPS

    def resolve(self, reference: Reference) -> Credential | None:
        """Return the credential for the reference's repository, else for its registry."""
        try:
            text = Secret(decoded(self.path.read_bytes()))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CredentialSourceFailed(f"{self.origin} names a file that can't be read") from error
        return DockerConfig(text, self.origin, self.port).resolve(reference)


def lookup(
    document: dict[str, Any], reference: Reference, origin: str, port: int = _HTTPS
) -> Credential | None:
    """Return the credential for a repository of a registry: of its helper, else of its nearest entry that has one.

    Raises:
        CredentialSourceFailed: if the config is malformed there, or the helper fails.
    """
    members = folded(document)
    helper = _helper(members, reference, origin, port)
    if helper and (found := ask(helper, server_names(reference.registry), origin)):
        return found
    auths = _mapping(members, "auths", origin) if "auths" in members else _legacy(document)
    for key in matching(auths, reference, port):
        if found := login(auths[key], f"{origin} for {reference.registry}", origin):
            return found
    return None


def _helper(members: dict[str, Any], reference: Reference, origin: str, port: int) -> str:
    """Return the name of the helper for a registry; an empty one of its own keeps the store for all out."""
    helpers = _mapping(members, "credhelpers", origin)
    own = [key for key in matching(helpers, reference, port) if "/" not in normal(key)]
    return str((helpers[own[0]] if own else members.get("credsstore")) or "")


def _legacy(document: dict[str, Any]) -> dict[str, Any]:
    """Return the entries of a .dockercfg, which stand at the top."""
    entries = {key: entry for key, entry in document.items() if isinstance(entry, dict)}
    return {key: entry for key, entry in entries.items() if not LOGIN.isdisjoint(folded(entry))}


def _mapping(members: dict[str, Any], name: str, origin: str) -> dict[str, Any]:
    found = members.get(name)
    if not isinstance(found, dict | None):
        raise CredentialSourceFailed(f"{name} of {origin} is no JSON object")
    return found or {}
