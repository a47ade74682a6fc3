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
    """Yield the Secrets to create, in each of the credentials' namespaces."""
    credentials = values.credentials
    for namespace in _namespaces(values, release):
        for name, kind, data in _secrets(credentials):
            yield {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": metadata(values, release, name, namespace),
                "type": kind,
                "data": data,
            }


def _namespaces(values: Values, release: Release) -> list[str]:
    jobs = values.localModels
    found = values.credentials.namespaces or [release.namespace]
    return list(dict.fromkeys([*found, *([jobs.jobNamespace] if jobs.create and jobs.jobNamespace else [])]))


def _secrets(credentials: Credentials) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield name, type and data of each Secret."""
    if credentials.create:
        data = {
            credentials.usernameKey: _encoded(credentials.username),
            credentials.passwordKey: _encoded(credentials.password),
        }
        yield credentials.secretName, "Opaque", data
    if credentials.registries:
        data = {".dockerconfigjson": _encoded(_docker_config(credentials.registries))}
        yield credentials.dockerConfigSecretName, "kubernetes.io/dockerconfigjson", data


def _docker_config(registries: Mapping[str, Login]) -> str:
    """Return Docker's `config.json`. Nothing in it needs JSON's escapes, which renderers may write differently."""
    entries = [
        f'"{host}":{{"auth":"{_encoded(f"{login.username}:{login.password}")}"}}'
        for host, login in sorted(registries.items())
    ]
    return f'{{"auths":{{{",".join(entries)}}}}}'


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode()
