"""A service's LocalModelCache, and the pods of KServe's jobs that fetch it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kitserve.cluster.kserve_settings import CONFIG_MAP, HOME, HOOKS, SERVICES_HOOK, home, section
from kitserve.cluster.paths import is_segment
from kitserve.crds.lookup import mapping, text
from kitserve.serving import modelkits

if TYPE_CHECKING:
    from kitserve.crds.lookup import Data


class Lists(Protocol):
    """What lists objects: of a cluster `kitserve.cluster.reading.Reader`."""

    def items(
        self, api: str, kind: str, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> list[Data]:
        """Return the objects of a kind."""


_KSERVE = "/apis/serving.kserve.io/v1alpha1"
_CACHE_NAMESPACE = "internal.serving.kserve.io/localmodel-namespace"
_JOBS_NAMESPACE = "kserve-localmodel-jobs"
"""KServe's default for the namespace of the jobs that fetch local models."""
_MOST_PODS = 3


def cache_of(reader: Lists, service: Data) -> tuple[Data, tuple[Data, ...]]:
    """Return the LocalModelCache of a service, and the pods that fetch it; nothing without one."""
    name = modelkits.local_model(service)
    if not name:
        return {}, ()
    own = text(service, ("metadata", "labels", _CACHE_NAMESPACE))
    kind = "localmodelnamespacecaches" if own else "localmodelcaches"
    found = reader.items(_KSERVE, kind, own, fields=f"metadata.name={name}")
    nodes = mapping(found[0], ("status", "nodeStatus")) if found else {}
    if not found or (nodes and all(each == "NodeDownloaded" for each in nodes.values())):
        return found[0] if found else {}, ()
    return found[0], _fetching(reader, name)


def _fetching(reader: Lists, name: str) -> tuple[Data, ...]:
    """Return the newest pods of the jobs for a cache; all jobs are in one namespace (localmodelnode/controller.go)."""
    namespace = _jobs_namespace(reader)
    jobs = reader.items("/apis/batch/v1", "jobs", namespace, labels=f"model={name}")
    names = ",".join(text(each, ("metadata", "name")) for each in jobs)
    labels = f"batch.kubernetes.io/job-name in ({names})"
    pods = reader.items("/api/v1", "pods", namespace, labels=labels) if names else []
    return tuple(sorted(pods, key=_begun)[-_MOST_PODS:])


def _jobs_namespace(reader: Lists) -> str:
    """Return the namespace of the jobs: `localModel.jobNamespace` in KServe's settings, as far as they may be read."""
    said = (section(_config_map(reader), "localModel") or {}).get("jobnamespace")
    return said if isinstance(said, str) and is_segment(said) else _JOBS_NAMESPACE


def _config_map(reader: Lists) -> Data | None:
    """Return KServe's ConfigMap; its webhook, which is read only if need be, says where else KServe is."""
    if found := _config_map_of(reader, HOME):
        return found
    fields = f"metadata.name={SERVICES_HOOK}"
    hooks = reader.items(f"/apis/{HOOKS}", "mutatingwebhookconfigurations", fields=fields)
    elsewhere = home(hooks[0]) if hooks else HOME
    return _config_map_of(reader, elsewhere) if elsewhere != HOME and is_segment(elsewhere) else None


def _config_map_of(reader: Lists, namespace: str) -> Data | None:
    found = reader.items("/api/v1", "configmaps", namespace, fields=f"metadata.name={CONFIG_MAP}")
    return found[0] if found else None


def _begun(pod: Data) -> str:
    return text(pod, ("metadata", "creationTimestamp"))
