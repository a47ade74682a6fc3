"""The Secrets with the registries' credentials, once for each namespace."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from kitserve.render.manifests.metadata import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kitserve.render.release import Release
    from kitserve.values.types import Credentials, Login, Values


def render(values: Values, release: Release) -> Iterator[dict[str, Any]]:
    """Yield the Secrets to create, in the namespaces that need them."""
    credentials = values.credentials
    if credentials.create:
        login = {
            credentials.usernameKey: _encoded(credentials.username),
            credentials.passwordKey: _encoded(credentials.password),
        }
        for namespace in _namespaces(values, release):
            named = metadata(values, release, credentials.secretName, namespace)
            yield _secret(named, "Opaque", login)
    for namespace, registries in _logins(credentials, release).items():
        named = metadata(values, release, credentials.dockerConfigSecretName, namespace)
        config = {".dockerconfigjson": _encoded(_docker_config(registries))}
        yield _secret(named, "kubernetes.io/dockerconfigjson", config)


def _secret(named: dict[str, Any], kind: str, data: dict[str, str]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": named, "type": kind, "data": data}


def _namespaces(values: Values, release: Release) -> list[str]:
    jobs = values.localModels
    found = values.credentials.namespaces or [release.namespace]
    return list(dict.fromkeys([*found, *([jobs.jobNamespace] if jobs.create and jobs.jobNamespace else [])]))


def _logins(credentials: Credentials, release: Release) -> dict[str, dict[str, Login]]:
    """By namespace the logins that are for it: one team's are no other team's business."""
    found: dict[str, dict[str, Login]] = {}
    for host, login in credentials.registries.items():
        for namespace in login.namespaces or [release.namespace]:
            found.setdefault(namespace, {})[host] = login
    return dict(sorted(found.items()))


def _docker_config(registries: Mapping[str, Login]) -> str:
    """Return Docker's `config.json`. Nothing in it needs JSON's escapes, which renderers may write differently."""
    entries = [
        f'"{host}":{{"auth":"{_encoded(f"{login.username}:{login.password}")}"}}'
        for host, login in sorted(registries.items())
    ]
    return f'{{"auths":{{{",".join(entries)}}}}}'


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode()
