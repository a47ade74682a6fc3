"""Models that KServe keeps on the nodes' disks."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from kitserve.render.manifests.metadata import metadata, present
from kitserve.values.view import given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.render.release import Release
    from kitserve.values.types import Cache, Values

_API = "serving.kserve.io/v1alpha1"


def render(values: Values, release: Release) -> Iterator[dict[str, Any]]:
    """Yield the groups of nodes, then the caches, each in the order of names."""
    for name, group in sorted(values.localModels.nodeGroups.items()):
        yield {
            "apiVersion": _API,
            "kind": "LocalModelNodeGroup",
            "metadata": metadata(values, release, name),
            "spec": given(group),
        }
    for name, cache in sorted(values.localModels.caches.items()):
        yield {
            "apiVersion": _API,
            "kind": "LocalModelCache",
            "metadata": metadata(values, release, f"{name}-{_hash(cache.uri)}"),
            "spec": _spec(cache),
        }


def _hash(uri: str) -> str:
    """Return the end of a cache's name: KServe allows no change of a cache's URI, so another URI is another object."""
    return hashlib.sha256(uri.encode()).hexdigest()[:10]


def _spec(cache: Cache) -> dict[str, Any]:
    key = {"key": cache.storageKey, "parameters": {"type": "kit"}} if cache.storageKey else {}
    return {
        "sourceModelUri": cache.uri,
        "modelSize": cache.size,
        "nodeGroups": cache.nodeGroups,
        **present({"serviceAccountName": cache.serviceAccountName, "storage": key}),
    }
