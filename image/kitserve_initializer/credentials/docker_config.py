"""Docker's config.json, which is also what a Secret of type kubernetes.io/dockerconfigjson and podman's auth.json hold.

For a registry it has an `auths` entry (by host, or as podman has it by repository or its parents), a helper in
`credHelpers`, or one for all in `credsStore`. Helpers are programs called docker-credential-NAME; one that isn't on
PATH is passed over, as the file may come from another machine.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitserve_initializer.errors import CredentialSourceFailed
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.registry.credential import IDENTITY_TOKEN_USER, Credential
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from pathlib import Path

    from kitserve_initializer.oci.reference import Reference

_DOCKER_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")
_DOCKER_HUB_KEY = "https://index.docker.io/v1/"
_HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_HELPER_SECONDS = 30


@dataclass(frozen=True)
class DockerConfig:
    """A keychain that is a config's text; `origin` names it in the log and in errors."""

    text: Secret
    origin: str

    def resolve(self, reference: Reference) -> Credential | None:
        """Return the credential for the reference's repository, else for its registry."""
        if not self.text:
            return None
        document = parse(self.text.reveal(), self.origin)
        return lookup(document, reference.registry, reference.repository, self.origin)


@dataclass(frozen=True)
class DockerConfigFile:
    """A keychain that is a config's file, which may be missing."""

    path: Path
    origin: str

    def resolve(self, reference: Reference) -> Credential | None:
        """Return the credential for the reference's repository, else for its registry."""
        try:
            text = Secret(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeError) as error:
            raise CredentialSourceFailed(f"{self.origin} names a file that can't be read") from error
        return DockerConfig(text, self.origin).resolve(reference)


def parse(text: str, origin: str) -> dict[str, Any]:
    """Parse a JSON object, whose text never shows in an error."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise CredentialSourceFailed(f"{origin} holds no JSON object")
    return document


def lookup(document: dict[str, Any], host: str, repository: str, origin: str) -> Credential | None:
    """Return the credential for a repository of a registry: of its helper, else of its entry."""
    helpers = {normal(key): name for key, name in _mapping(document, "credHelpers", origin).items()}
    named = (helpers[key] for key in _keys(host, "") if helpers.get(key))
    helper = next(named, document.get("credsStore"))
    if helper and (found := _ask(str(helper), _server(host), origin)):
        return found
    auths = {normal(key): entry for key, entry in _mapping(document, "auths", origin).items()}
    for key in _keys(host, repository):
        if isinstance(entry := auths.get(key), dict) and (login := _entry(entry, f"{origin} for {host}")):
            return Credential(*login, origin)
    return None


def _keys(host: str, repository: str) -> list[str]:
    """Return the keys to look for: the repository, its parents, the host; Docker Hub has more than one name."""
    parts = repository.split("/") if repository else []
    names = ["/".join((host, *parts[:count])) for count in range(len(parts), -1, -1)]
    return list(dict.fromkeys([*names, *names_of(host)]))


def names_of(host: str) -> tuple[str, ...]:
    """Return the names that a registry has."""
    return _DOCKER_HUB if host in _DOCKER_HUB else (host,)


def normal(key: str) -> str:
    """Return a key of a config as the host, or host and repository, that it stands for."""
    bare = re.sub(r"^https?://", "", key).rstrip("/")
    return re.sub(r"/v[12]$", "", bare)


def _server(host: str) -> str:
    return _DOCKER_HUB_KEY if host in _DOCKER_HUB else host


def _mapping(document: dict[str, Any], key: str, origin: str) -> dict[str, Any]:
    found = document.get(key) or {}
    if not isinstance(found, dict):
        raise CredentialSourceFailed(f"{key} of {origin} is no JSON object")
    return found


def _entry(entry: dict[str, Any], place: str) -> tuple[str, Secret] | None:
    """Return user and password of an entry; an empty one says that a store has them."""
    if token := entry.get("identitytoken"):
        return IDENTITY_TOKEN_USER, Secret(str(token))
    if entry.get("username"):
        return str(entry["username"]), Secret(str(entry.get("password", "")))
    if not entry.get("auth"):
        return None
    try:
        user, colon, password = base64.b64decode(str(entry["auth"]), validate=True).decode().partition(":")
    except ValueError:
        user = colon = password = ""
    if not (user and colon):
        raise CredentialSourceFailed(f"`auth` in {place} isn't the base64 of USER:PASSWORD")
    return user, Secret(password.rstrip("\0"))


def _ask(helper: str, server: str, origin: str) -> Credential | None:
    """Ask a helper (Docker's credential helper protocol); what it writes may be secret, and is shown nowhere."""
    program = f"docker-credential-{helper}"
    if not _HELPER.fullmatch(helper) or not shutil.which(program):
        say(events.HELPER_ABSENT, credentials=origin, program=program)
        return None
    try:
        ran = subprocess.run(
            [program, "get"], input=server.encode(), capture_output=True, timeout=_HELPER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CredentialSourceFailed(f"{program} of {origin} doesn't answer") from error
    if ran.returncode:
        # The protocol has one exit code for all faults, and mostly it means that there is no entry.
        say(events.HELPER_REFUSED, program=program, registry=server, code=ran.returncode)
        return None
    answer = parse(ran.stdout.decode("utf-8", "replace"), program)
    user, password = str(answer.get("Username") or ""), str(answer.get("Secret") or "")
    return Credential(user, Secret(password), f"{origin}, {program}") if user and password else None
