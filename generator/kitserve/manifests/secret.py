"""The Secret with the registry's credentials, once for each namespace."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from kitserve.manifests.labels import standard
from kitserve.manifests.metadata import metadata
from kitserve.release import Release
from kitserve.values import Values


def render(values: Values, release: Release) -> Iterator[dict[str, Any]]:
    """One Secret in each of the credentials' namespaces, or in the release's; none unless the values say `create`."""
    credentials = values.credentials
    if not credentials.create:
        return
    data = {
        credentials.usernameKey: _encoded(credentials.username),
        credentials.passwordKey: _encoded(credentials.password),
    }
    for namespace in credentials.namespaces or [release.namespace]:
        yield {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": metadata(credentials.secretName, namespace, standard(values, release)),
            "type": "Opaque",
            "data": data,
        }


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode()
