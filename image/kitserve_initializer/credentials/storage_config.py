"""KServe's `storage.key`: a Secret for one InferenceService, which reaches the pod as STORAGE_CONFIG.

The key's value is a JSON object, either of a user and a password or of Docker's shape:

    {"type": "kit", "username": "...", "password": "...", "registry": "registry.example.com"}
    {"auths": {"registry.example.com": {"auth": "..."}}}

`registry` may be missing: then it is the one that the storageUri names. KServe wants `parameters: {type: kit}` beside
`key`, and hands the parameters over as STORAGE_OVERRIDE_CONFIG; they win, and a `type` other than kit is another
storage's. Parameters show in the pod's annotations: a password in them is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.credentials.docker_config import lookup, parse
from kitserve_initializer.credentials.keychain import Credential
from kitserve_initializer.errors import CredentialSourceFailed
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from kitserve_initializer.credentials.keychain import Source
    from kitserve_initializer.oci.reference import Reference

_ORIGIN, _PARAMETERS = "STORAGE_CONFIG", "STORAGE_OVERRIDE_CONFIG"


def storage_config(config: Secret, parameters: Secret, reference: Reference, main: str) -> Source:
    """Look a registry up in what `storage.key` names, for the repository of `reference`; `main` is the storageUri's."""

    def find(host: str) -> Credential | None:
        if not config:
            return None
        given = parse(parameters.reveal(), _PARAMETERS) if parameters else {}
        if {"password", "auths", "auth"} & given.keys():
            raise CredentialSourceFailed(
                f"{_PARAMETERS} holds a secret", "put it into the Secret: a service's parameters can be read"
            )
        settings = parse(config.reveal(), _ORIGIN) | given
        if settings.get("type", "kit") != "kit":
            return None
        if "auths" in settings:
            repository = reference.repository if host == reference.registry else ""
            return lookup(settings, host, repository, _ORIGIN)
        user, password = str(settings.get("username") or ""), str(settings.get("password") or "")
        if not (user and password):
            raise CredentialSourceFailed(f"{_ORIGIN} has neither username and password nor auths")
        registry = settings.get("registry") or main
        return Credential(user, Secret(password), _ORIGIN) if host == registry else None

    return find
