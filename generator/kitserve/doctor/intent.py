"""What is to run: services with ModelKits, from a release's objects or from the cluster, and what their pods need."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kitserve.cluster.inquiry import path_to
from kitserve.crds.lookup import mapping, maps, text
from kitserve.doctor.environment import chosen_flags, decoded
from kitserve.doctor.workload import KIT, Workload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitserve.cluster.inquiry import Inquiry

    Data = dict[str, Any]

PODS, JOBS = "initContainer", "localModelDownloadJob"
_KINDS = {"InferenceService": "inferenceservices", "LLMInferenceService": "llminferenceservices"}


@dataclass(frozen=True)
class Intent:
    """What is to run in a cluster. Without `objects`, what runs there already."""

    namespace: str
    workloads: tuple[Workload, ...]
    objects: tuple[Data, ...] = ()
    of_cluster: Data = field(default_factory=dict)
    """The ClusterStorageContainer that the cluster has, where the objects have none."""

    @property
    def services(self) -> tuple[Workload, ...]:
        """The InferenceServices."""
        return tuple(each for each in self.workloads if each.kind == "InferenceService")

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces of the services, or the one that is asked about."""
        return tuple(dict.fromkeys(each.namespace for each in self.workloads)) or (self.namespace,)

    def storage(self, workload_type: str) -> Data:
        """Return the ClusterStorageContainer of the objects for pods or for jobs; empty without one."""
        return next(
            (
                each
                for each in self.of_kind("ClusterStorageContainer")
                if text(each, ("spec", "workloadType")) == workload_type
            ),
            {},
        )

    @cached_property
    def container(self) -> Data:
        """The initializer's container, as the objects have it or else the cluster; empty without one."""
        return mapping(self.storage(PODS) or self.of_cluster, ("spec", "container"))

    @property
    def has_initializers(self) -> bool:
        """Whether pods or jobs are to run the initializer, or nothing says what is to run."""
        return bool(self.caches) or not self.workloads or any(each.kits for each in self.workloads)

    @property
    def caches(self) -> tuple[Data, ...]:
        """The models that nodes keep."""
        return tuple(
            each
            for each in self.of_kind("LocalModelCache")
            if text(each, ("spec", "sourceModelUri")).startswith(KIT)
        )

    def of_kind(self, kind: str) -> Iterator[Data]:
        """Yield the objects of a kind."""
        return (each for each in self.objects if each["kind"] == kind)

    def makes(self, kind: str, name: str, namespace: str) -> Data:
        """Return the object that the release makes; empty if it makes none."""
        return next(
            (
                each
                for each in self.of_kind(kind)
                if text(each, ("metadata", "name")) == name
                and (text(each, ("metadata", "namespace")) or self.namespace) == namespace
            ),
            {},
        )

    def variable(self, name: str) -> str:
        """Return the text of a variable of the initializer; empty without one."""
        return next(
            (
                text(each, ("value",))
                for _, each in maps(self.container, ("env",))
                if each.get("name") == name
            ),
            "",
        )

    @property
    def flags(self) -> tuple[str, ...]:
        """The initializer's flags that say how a registry is asked, and what for."""
        return chosen_flags(self.variable("KIT_UNPACK_FLAGS"))

    def given_variables(self, namespace: str) -> dict[str, str]:
        """Return what the initializer gets by Secrets that the release itself makes, and its authorities."""
        found = {}
        for _, each in maps(self.container, ("env",)):
            reference = mapping(each, ("valueFrom", "secretKeyRef"))
            secret = self.makes("Secret", text(reference, ("name",)), namespace) if reference else {}
            if value := text(secret, ("data", text(reference, ("key",)))):
                found[text(each, ("name",))] = decoded(value)
        authorities = self.variable("KITSERVE_CA_CERTIFICATES")
        return found | ({"KITSERVE_CA_CERTIFICATES": authorities} if authorities else {})


def of_objects(objects: Sequence[Data], namespace: str, of_cluster: Data) -> Intent:
    """Return what a release's objects want to run; `of_cluster` as in Intent."""
    workloads = (
        Workload(each, text(each, ("metadata", "namespace")) or namespace)
        for each in objects
        if each["kind"] in (*_KINDS, "DaemonSet")
    )
    return Intent(namespace, tuple(filter(_has_kits, workloads)), tuple(objects), of_cluster)


def of_cluster(ask: Inquiry, namespace: str, storage: Data) -> Intent:
    """Return what runs in a namespace. Raises NotKnown."""
    found = [
        *_listed(ask, "v1beta1", "InferenceService", namespace),
        *_listed(ask, "v1alpha2", "LLMInferenceService", namespace),
    ]
    return Intent(namespace, tuple(filter(_has_kits, found)), of_cluster=storage)


def is_there(ask: Inquiry, service: Workload) -> bool:
    """Return whether the cluster has an InferenceService already. Raises NotKnown."""
    path = path_to("serving.kserve.io/v1beta1", "inferenceservices", service.name, service.namespace)
    return ask.get(path) is not None


def _listed(ask: Inquiry, version: str, kind: str, namespace: str) -> Iterator[Workload]:
    listed = ask.items(path_to(f"serving.kserve.io/{version}", _KINDS[kind], namespace=namespace))
    yield from (Workload({**each, "kind": kind}, namespace) for each in listed)


def _has_kits(workload: Workload) -> bool:
    return bool(workload.kits or workload.images)
