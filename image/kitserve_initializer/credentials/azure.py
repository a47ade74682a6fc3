"""Azure Container Registry with workload identity: the pod's token for Entra's, that for the registry's own.

The webhook of Azure Workload Identity gives labelled pods the four AZURE_ variables and the token's file.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kitserve_initializer.errors import CredentialSourceFailed, RegistryFailure
from kitserve_initializer.registry.credential import Credential
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.oci.reference import Reference

_ORIGIN = "Azure workload identity"
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.azurecr\.(io|cn|us)", re.IGNORECASE)
# The audience of a registry's token, by cloud: public, China, US Government.
_SCOPES = {
    "io": "https://containerregistry.azure.net/.default",
    "cn": "https://management.chinacloudapi.cn/.default",
    "us": "https://management.usgovcloudapi.net/.default",
}
_AUTHORITIES = {
    "io": "https://login.microsoftonline.com/",
    "cn": "https://login.chinacloudapi.cn/",
    "us": "https://login.microsoftonline.us/",
}
# The user name that goes with a registry's refresh token as password.
_USER = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Azure:
    """A keychain for Azure Container Registry, in pods that have a workload identity."""

    origin = _ORIGIN

    settings: Environment
    transport: Transport
    plain_http: bool = False

    def resolve(self, reference: Reference) -> Credential | None:
        """Return the registry's refresh token."""
        match = _HOST.fullmatch(reference.registry)
        if not match or not (self.settings.azure_client_id and self.settings.azure_federated_token_file):
            return None
        token = self._exchange(
            reference.registry, _entra_token(self.settings, self.transport, match[1].lower())
        )
        return Credential(_USER, Secret(token), _ORIGIN)

    def _exchange(self, registry: str, entra: str) -> str:
        form = {
            "grant_type": "access_token",
            "service": registry,
            "tenant": self.settings.azure_tenant_id,
            "access_token": entra,
        }
        url = f"{'http' if self.plain_http else 'https'}://{registry}/oauth2/exchange"
        return _ask(self.transport, url, form, "refresh_token", registry)


def _entra_token(settings: Environment, transport: Transport, cloud: str) -> str:
    authority = (settings.azure_authority_host or _AUTHORITIES[cloud]).rstrip("/")
    try:
        assertion = Path(settings.azure_federated_token_file).read_text("utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise CredentialSourceFailed(
            f"{_ORIGIN}: AZURE_FEDERATED_TOKEN_FILE names a file that can't be read"
        ) from error
    form = {
        "grant_type": "client_credentials",
        "client_id": settings.azure_client_id,
        "scope": _SCOPES[cloud],
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
    }
    url = f"{authority}/{settings.azure_tenant_id}/oauth2/v2.0/token"
    return _ask(transport, url, form, "access_token", "Microsoft Entra")


def _ask(transport: Transport, url: str, form: dict[str, str], wanted: str, who: str) -> str:
    """Return one member of the answer; nothing else of it is shown, for it may repeat what was sent."""
    try:
        with transport.post(url, form) as answer:
            status, body = answer.status, answer.read()
    except RegistryFailure as error:
        raise CredentialSourceFailed(f"{_ORIGIN}: {error.cause}") from error
    if status != 200:
        raise CredentialSourceFailed(f"{_ORIGIN}: {who} refuses the token exchange ({status})")
    try:
        token = json.loads(body)[wanted]
    except (ValueError, KeyError, TypeError, RecursionError):
        token = ""
    if not isinstance(token, str) or not token.isprintable() or not token:
        raise CredentialSourceFailed(f"{_ORIGIN}: {who} gives no token")
    return token
