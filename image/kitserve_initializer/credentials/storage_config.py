"""KServe's `storage.key`: a Secret for one InferenceService, which reaches the pod as STORAGE_CONFIG.

The key's value is a JSON object, either of a user and a password or of Docker's shape:

    {"type": "kit", "username": "...", "password": "...", "registry": "registry.example.com"}
    {"auths": {"registry.example.com": {"auth": "..."}}}

`registry` may be missing: then it is the one that the storageUri names. KServe wants `parameters: {type: kit}` beside
`key`, and hands the parameters over as STORAGE_OVERRIDE_CONFIG; they win, and a `type` other than kit is another
storage's. Parameters show in the pod's annotations: a password in them is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitserve_initializer.credentials.docker_config import lookup, parse
from kitserve_initializer.errors import CredentialSourceFailed
from kitserve_initializer.registry.credential import Credential
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from kitserve_initializer.oci.reference import Reference

_ORIGIN, _PARAMETERS = "STORAGE_CONFIG", "STORAGE_OVERRIDE_CONFIG"


@dataclass(frozen=True)
class StorageConfig:
    """A keychain that is what `storage.key` names; `main` is the registry of the storageUri."""

    config: Secret
    parameters: Secret
    main: str

    def resolve(self, reference: Reference) -> Credential | None:
        """Return the credential for the reference's repository, else for its registry."""
        if not self.config:
            return None
        settings = parse(self.config.reveal(), _ORIGIN) | self._parameters()
        if settings.get("type", "kit") != "kit":
            return None
        if "auths" in settings:
            return lookup(settings, reference.registry, reference.repository, _ORIGIN)
        user, password = str(settings.get("username") or ""), str(settings.get("password") or "")
        if not (user and password):
            raise CredentialSourceFailed(f"{_ORIGIN} has neither username and password nor auths")
        registry = settings.get("registry") or self.main
        return Credential(user, Secret(password), _ORIGIN) if reference.registry == registry else None

    def _parameters(self) -> dict[str, Any]:
        given = parse(self.parameters.reveal(), _PARAMETERS) if self.parameters else {}
        if {"password", "auths", "auth"} & given.keys():
            raise CredentialSourceFailed(
                f"{_PARAMETERS} holds a secret", "put it into the Secret: a service's parameters can be read"
            )
        return given
