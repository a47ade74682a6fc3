"""Google Artifact Registry and gcr.io: an access token of whoever google-auth says the pod is.

That is a GKE workload identity (GCP_WIF, through the metadata server) or what GOOGLE_APPLICATION_CREDENTIALS names: a
service account's key or a federated identity. Nobody is asked unless one of the two is there: pulls from public
repositories stay anonymous.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from kitserve_initializer.errors import CredentialSourceFailed
from kitserve_initializer.registry.credential import Credential
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.oci.reference import Reference

_ORIGIN = "Google"
_USER = "oauth2accesstoken"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_HOST = re.compile(r"(?:(?P<location>[a-z0-9-]+)-docker\.pkg\.dev|(?:[a-z]+\.)?gcr\.io)")


@dataclass(frozen=True)
class Google:
    """A keychain for Google's registries; with a `location`, of Artifact Registry's only for those there."""

    origin = _ORIGIN

    known: bool
    location: str
    transport: Transport

    @classmethod
    def of(cls, settings: Environment, transport: Transport) -> Self:
        """Return the keychain of a pod with these variables."""
        known = settings.gcp_wif or bool(settings.google_application_credentials)
        return cls(known, settings.gcp_gar_location, transport)

    def resolve(self, reference: Reference) -> Credential | None:
        """Return an access token."""
        match = _HOST.fullmatch(reference.registry)
        if not (match and self.known):
            return None
        if self.location and match["location"] not in (None, self.location):
            return None
        return Credential(_USER, Secret(_token(self.transport)), _ORIGIN)


def _token(transport: Transport) -> str:
    try:
        import google.auth  # noqa: PLC0415 - only for Google's registries, and only where the extra is installed
        import google.auth.exceptions  # noqa: PLC0415
        import google.auth.transport.urllib3  # noqa: PLC0415
    except ImportError as error:
        raise CredentialSourceFailed(
            f"{_ORIGIN} needs google-auth, which isn't installed", "install kitserve-initializer[google]"
        ) from error
    request = google.auth.transport.urllib3.Request(transport.pool)  # type: ignore[no-untyped-call]
    try:
        found, _ = google.auth.default(scopes=[_SCOPE], request=request)
        found.refresh(request)  # type: ignore[no-untyped-call]
    except (google.auth.exceptions.GoogleAuthError, OSError, ValueError) as error:
        raise CredentialSourceFailed(
            f"{_ORIGIN} gives no token: {type(error).__name__}",
            "check the workload identity or GOOGLE_APPLICATION_CREDENTIALS",
        ) from error
    return str(found.token)
