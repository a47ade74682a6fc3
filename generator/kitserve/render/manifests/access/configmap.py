"""The ConfigMap with the authorities to trust, once for each namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.render.manifests.metadata import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.render.manifests.inferenceservice import Services
    from kitserve.render.release import Release
    from kitserve.values.types import Values


def render(values: Values, services: Services, release: Release) -> Iterator[dict[str, Any]]:
    """Yield the ConfigMaps to create, in the order of their namespaces."""
    tls = values.tls
    for namespace in sorted(_namespaces(values, services, release)) if tls.caBundle else ():
        yield {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": metadata(values, release, tls.caConfigMapName, namespace),
            "data": {tls.caConfigMapKey: tls.caBundle},
        }


def _namespaces(values: Values, services: Services, release: Release) -> set[str]:
    """Return the namespaces in which the initializer may run, as far as the values say, the release's among them."""
    jobs = values.localModels
    found = {release.namespace, *values.tls.caNamespaces}
    found |= {service.entry.get("namespace") or release.namespace for service in services}
    return found | ({jobs.jobNamespace} if jobs.create and jobs.jobNamespace else set())
