"""Reads what decides about services: few lists, then events and logs of those that aren't Ready."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from kitserve.crds.lookup import mapping, text
from kitserve.serving import conditions, modelkits
from kitserve.serving.caches import Lists, cache_of
from kitserve.serving.evidence import Evidence, Log
from kitserve.serving.pod import containers
from kitserve.serving.pod.state import condition, is_ready
from kitserve.serving.workloads import workloads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kitserve.crds.lookup import Data


class Reader(Lists, Protocol):
    """What reads: of a cluster `kitserve.cluster.reading.Reader`."""

    def may_list(self, kind: str, namespace: str) -> bool:
        """Return whether no list of a kind was refused there."""

    def log(self, namespace: str, pod: str, container: str, **options: str | int | bool) -> str:
        """Return a part of a log."""


_KSERVE = "/apis/serving.kserve.io"
_OF_SERVICE = "serving.kserve.io/inferenceservice"
_NAME, _PART_OF, _LLM = "app.kubernetes.io/name", "app.kubernetes.io/part-of", "llminferenceservice"
_MOST_PODS = 3
"""Pods of a revision whose logs and events are read."""
_HEAD_BYTES, _TAIL_LINES, _LAST_LINES = 16 * 1024, 40, 5


def services(reader: Reader, namespace: str, name: str = "") -> list[Data]:
    """Return the services of a namespace, or of all, or the one with this name. Raises ClusterUnavailable."""
    fields = f"metadata.name={name}" if name else ""
    found = _kind(reader, "v1beta1", "InferenceService", namespace, fields)
    for version in ("v1alpha2", "v1alpha1"):
        if llms := _kind(reader, version, "LLMInferenceService", namespace, fields):
            return found + llms
    return found


def gather(reader: Reader, found: list[Data], namespace: str) -> Iterator[Evidence]:
    """Yield what is read of each service that gets a ModelKit. Raises ClusterUnavailable."""
    kit = [each for each in found if modelkits.uris(each)]
    name = text(kit[0], ("metadata", "name")) if len(kit) == 1 else ""
    parts = {"pods": "/api/v1", "replicasets": "/apis/apps/v1"}
    listed = {
        kind: [
            {**each, "kind": "ReplicaSet" if kind == "replicasets" else "Pod"}
            for selector in _selectors(kit, name)
            for each in reader.items(api, kind, namespace, labels=selector)
        ]
        for kind, api in parts.items()
    }
    sees_pods = reader.may_list("pods", namespace)
    for service in kit:
        own = {
            kind: tuple(each for each in group if _belongs(each, service)) for kind, group in listed.items()
        }
        read = _evidence(reader, service, own["pods"], own["replicasets"])
        yield replace(read, sees_pods=sees_pods)


def _kind(reader: Reader, version: str, kind: str, namespace: str, fields: str) -> list[Data]:
    found = reader.items(f"{_KSERVE}/{version}", f"{kind.lower()}s", namespace, fields=fields)
    return [{**each, "kind": kind} for each in found]


def _selectors(kit: list[Data], name: str) -> Iterator[str]:
    kinds = {each["kind"] for each in kit}
    if "InferenceService" in kinds:
        yield f"{_OF_SERVICE}={name}" if name else _OF_SERVICE
    if "LLMInferenceService" in kinds:
        yield f"{_PART_OF}={_LLM}" + (f",{_NAME}={name}" if name else "")


def _belongs(item: Data, service: Data) -> bool:
    labels, metadata = mapping(item, ("metadata", "labels")), mapping(service, ("metadata",))
    if text(item, ("metadata", "namespace")) != metadata.get("namespace"):
        return False
    if service["kind"] == "InferenceService":
        return labels.get(_OF_SERVICE) == metadata.get("name")
    return labels.get(_PART_OF) == _LLM and labels.get(_NAME) == metadata.get("name")


def _evidence(
    reader: Reader, service: Data, own: tuple[Data, ...], replica_sets: tuple[Data, ...]
) -> Evidence:
    parts = workloads(own, replica_sets)
    current = [each for part in parts for each in _chosen(part.pods)]
    cache, loaders = cache_of(reader, service)
    asked = [] if _is_settled(service, current) else [service]
    asked += [each for each in (*current, *loaders) if not is_ready(each)]
    asked += [part.replica_set for part in parts if condition(part.replica_set, "ReplicaFailure")]
    events = {uid: _events(reader, each) for each in asked if (uid := text(each, ("metadata", "uid")))}
    logs = {key: log for each in (*current, *loaders) for key, log in _logs(reader, each)}
    return Evidence(service, own, replica_sets, events, logs, cache, loaders)


def _is_settled(service: Data, current: list[Data]) -> bool:
    """Return whether a service is Ready with pods that are, and that have its models: then no event says more."""
    has_models = all(modelkits.names(current, uri) for uri in modelkits.uris(service))
    return conditions.is_ready(service) and bool(current) and all(map(is_ready, current)) and has_models


def _chosen(found: Iterable[Data]) -> list[Data]:
    """Return some pods of a revision, those that aren't ready first."""
    return sorted(found, key=is_ready)[:_MOST_PODS]


def _events(reader: Reader, item: Data) -> tuple[Data, ...]:
    uid, namespace = text(item, ("metadata", "uid")), text(item, ("metadata", "namespace"))
    return tuple(reader.items("/api/v1", "events", namespace, fields=f"involvedObject.uid={uid}"))


def _logs(reader: Reader, pod: Data) -> Iterator[tuple[tuple[str, str], Log]]:
    """Yield the logs that say something: of initializers, and of servers that crash."""
    name, namespace = text(pod, ("metadata", "name")), text(pod, ("metadata", "namespace"))
    for field in ("initContainers", "containers"):
        for container, status in containers.with_status(pod, field):
            own = text(container, ("name",))
            if containers.is_loader(container) and mapping(status, ("state",)):
                head = reader.log(namespace, name, own, limitBytes=_HEAD_BYTES)
                tail = reader.log(namespace, name, own, tailLines=_TAIL_LINES)
                yield (name, own), Log(head, tail)
            elif containers.exit_code(containers.ended(status)):
                yield (name, own), Log(tail=reader.log(namespace, name, own, tailLines=_LAST_LINES))
            elif containers.ended_before(status) and status.get("ready") is not True:
                said = reader.log(namespace, name, own, tailLines=_LAST_LINES, previous=True)
                yield (name, own), Log(previous=said)
