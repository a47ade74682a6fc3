"""KServe's `storage.key`: a Secret for one InferenceService, which reaches the pod as STORAGE_CONFIG.

The key's value is a JSON object, either of a user and a password or of Docker's shape:

    {"type": "kit", "username": "...", "password": "...", "registry": "registry.example.com"}
    {"auths": {"registry.example.com": {"auth": "..."}}}

`registry` may be missing: then it is the one that the storageUri names, if KITSERVE_CREDENTIALS_REGISTRIES is empty or
lists it. KServe wants `parameters: {type: kit}` beside `key`, and hands the parameters over as
STORAGE_OVERRIDE_CONFIG. Who writes them needn't know the Secret: of them `type` alone counts, and one that is another
storage's leaves the login out. They show in the pod's annotations: a password in them is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitserve_initializer.credentials.binding import is_listed
from kitserve_initializer.credentials.docker_config import lookup
from kitserve_initializer.credentials.document import parse, well_formed
from kitserve_initializer.errors import CredentialSourceFailed
from kitserve_initializer.http.url import PORTS
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.registry.credential import Credential
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from kitserve_initializer.oci.reference import Reference

_ORIGIN, _PARAMETERS = "STORAGE_CONFIG", "STORAGE_OVERRIDE_CONFIG"
_TYPE = "type"
_SECRETS = frozenset({"password", "auths", "auth", "identitytoken", "registrytoken"})
_LOGIN = frozenset({"registry", "username", "credhelpers", "credsstore"})


@dataclass(frozen=True)
class StorageConfig:
    """A keychain that is what `storage.key` names; `main` is the registry of the storageUri.

    `bound` are the registries that a login without one may be for; none: any. `port` is a registry's default one.
    """

    origin = _ORIGIN

    config: Secret
    parameters: Secret
    main: str
    bound: tuple[str, ...] = ()
    port: int = PORTS["https"]

    def resolve(self, reference: Reference) -> Credential | None:
        """Return the credential for the reference's repository, else for its registry."""
        if not self.config:
            return None
        settings = parse(self.config.reveal(), _ORIGIN)
        given = self._parameters(settings)
        if given.get(_TYPE, settings.get(_TYPE, "kit")) != "kit":
            return None
        if "auths" in settings:
            return lookup(settings, reference, _ORIGIN, self.port)
        # Secrets are made with `echo`, too, which ends a line: as with KIT_PASSWORD no white space around them counts.
        user, password, named = (
            well_formed(str(settings.get(name) or "")).strip()
            for name in ("username", "password", "registry")
        )
        if not (user and password):
            raise CredentialSourceFailed(f"{_ORIGIN} has neither username and password nor auths")
        if not is_listed(reference.registry, (named or self.main,)):
            return None
        if self.bound and not named and not is_listed(reference.registry, self.bound):
            say(events.LOGIN_UNBOUND, credentials=_ORIGIN, registry=reference.registry)
            return None
        return Credential(user, Secret(password), _ORIGIN)

    def _parameters(self, settings: dict[str, Any]) -> dict[str, Any]:
        given = parse(self.parameters.reveal(), _PARAMETERS) if self.parameters else {}
        if any(key.lower() in _SECRETS for key in given):
            raise CredentialSourceFailed(
                f"{_PARAMETERS} holds a secret", "put it into the Secret: a service's parameters can be read"
            )
        for key in sorted(given):
            if key.lower() in _LOGIN and given[key] != settings.get(key):
                say(events.PARAMETER_IGNORED, variable=_PARAMETERS, parameter=key)
        return given
