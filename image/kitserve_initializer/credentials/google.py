"""Google Artifact Registry and gcr.io: an access token of whoever google-auth says the pod is.

That is a GKE workload identity (GCP_WIF, through the metadata server) or what GOOGLE_APPLICATION_CREDENTIALS names: a
service account's key or a federated identity. Nobody is asked unless one of the two is there: pulls from public
repositories stay anonymous.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitserve_initializer.credentials.keychain import Credential
from kitserve_initializer.errors import CredentialSourceFailed
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.credentials.keychain import Source
    from kitserve_initializer.http.transport import Transport

_ORIGIN = "Google"
_USER = "oauth2accesstoken"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_HOST = re.compile(r"(?:(?P<location>[a-z0-9-]+)-docker\.pkg\.dev|(?:[a-z]+\.)?gcr\.io)")


def google(settings: Environment, transport: Transport) -> Source:
    """Answer for Google's registries; with GCP_GAR_LOCATION, of Artifact Registry's only for those at that location."""

    def find(host: str) -> Credential | None:
        match = _HOST.fullmatch(host)
        if not match or not (settings.gcp_wif or settings.google_application_credentials):
            return None
        if settings.gcp_gar_location and match["location"] not in (None, settings.gcp_gar_location):
            return None
        return Credential(_USER, Secret(_token(transport)), _ORIGIN)

    return find


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
