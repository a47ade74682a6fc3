"""What is to run: services with ModelKits, from a release's objects or from the cluster, and what their pods need."""

from __future__ import annotations

import base64
import binascii
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kitserve.check.object_rules.imagevolume.places import images_of, pods_of, uris_of
from kitserve.cluster.inquiry import path_to
from kitserve.crds.lookup import annotation, items, mapping, maps, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.problems import Path

    Data = dict[str, Any]

KIT = "kit://"
PODS, JOBS = "initContainer", "localModelDownloadJob"
_DAEMON: Path = ("spec", "template", "spec")
_KINDS = {"InferenceService": "inferenceservices", "LLMInferenceService": "llminferenceservices"}
_CHOOSING = ("--plain-http", "--tls-verify", "--filter", "-f", "--label")
"""Flags of `kit unpack` that say how a registry is asked, and what for."""
_LONE = ("--plain-http", "--tls-verify")
"""Those of them behind which no value must stand."""


@dataclass(frozen=True)
class Workload:
    """An object whose pods get ModelKits: a service, or a DaemonSet that keeps images on nodes."""

    item: Data
    namespace: str

    @property
    def kind(self) -> str:
        """Its kind."""
        return text(self.item, ("kind",))

    @property
    def name(self) -> str:
        """Its name."""
        return text(self.item, ("metadata", "name"))

    @property
    def place(self) -> str:
        """How it is named in a sentence."""
        return f"{self.kind} {self.namespace}/{self.name}"

    @property
    def kits(self) -> tuple[str, ...]:
        """The ModelKits that an initializer fetches."""
        found = (uri for _, uri in uris_of(self.item) if uri.startswith(KIT))
        return tuple(dict.fromkeys(found)) if self.kind == "InferenceService" else ()

    @property
    def images(self) -> tuple[str, ...]:
        """The references of images that nodes mount."""
        named = [each.reference for each in images_of(self.item) if each.is_volume]
        named += [
            text(volume, ("image", "reference")) for _, volume in maps(self.item, (*_DAEMON, "volumes"))
        ]
        return tuple(dict.fromkeys(filter(None, named)))

    @property
    def pods(self) -> tuple[Data, ...]:
        """The parts of it that describe pods."""
        places = [_DAEMON] if self.kind == "DaemonSet" else list(pods_of(self.item))
        return tuple(pod for place in places if (pod := mapping(self.item, place)))

    @property
    def account(self) -> str:
        """The service account of its first pod; empty for the namespace's own."""
        return next((name for pod in self.pods if (name := text(pod, ("serviceAccountName",)))), "")

    @property
    def pull_secrets(self) -> tuple[str, ...]:
        """The Secrets by which its images are pulled."""
        found = (text(each, ("name",)) for pod in self.pods for _, each in maps(pod, ("imagePullSecrets",)))
        return tuple(dict.fromkeys(filter(None, found)))

    @property
    def container_name(self) -> str:
        """The ClusterStorageContainer that it asks for by name."""
        return text(self.item, ("spec", "predictor", "storageContainerName"))

    @property
    def is_enforced(self) -> bool:
        """Whether the service demands signatures itself."""
        return annotation(self.item, "kitserve.io/verification") == "enforce"

    @property
    def flags(self) -> tuple[str, ...]:
        """Flags of `kit unpack` for what the service's annotations choose."""
        named = {key: annotation(self.item, f"kitserve.io/{key}").split() for key in ("filter", "label")}
        return tuple(f"--{key}={word}" for key, words in named.items() for word in words)

    @property
    def replicas(self) -> int:
        """The pods that it begins with."""
        least = mapping(self.item, ("spec", "predictor")).get("minReplicas", 1)
        return max(least, 1) if isinstance(least, int) else 1


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
        return _chosen(self.variable("KIT_UNPACK_FLAGS"))

    def given_variables(self, namespace: str) -> dict[str, str]:
        """Return what the initializer gets by Secrets that the release itself makes, and its authorities."""
        found = {}
        for _, each in maps(self.container, ("env",)):
            reference = mapping(each, ("valueFrom", "secretKeyRef"))
            secret = self.makes("Secret", text(reference, ("name",)), namespace) if reference else {}
            if value := text(secret, ("data", text(reference, ("key",)))):
                found[text(each, ("name",))] = _decoded(value)
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


def _chosen(flags: str) -> tuple[str, ...]:
    """Return those of the initializer's flags that count on another machine too: files and logs are a pod's."""
    try:
        words = shlex.split(flags)
    except ValueError:
        return ()
    found: list[str] = []
    for number, word in enumerate(words):
        name, has_value, _ = word.partition("=")
        if name in _CHOOSING:
            found.append(word)
            if name not in _LONE and not has_value:
                found += words[number + 1 : number + 2]
    return tuple(found)


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def env_references(container: Data) -> Iterator[tuple[str, str, str, str]]:
    """Yield each variable of a container that comes from an object, with the object's kind, its name and the key."""
    for _, each in maps(container, ("env",)):
        for field_, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
            reference = mapping(each, ("valueFrom", field_))
            if name := text(reference, ("name",)):
                yield text(each, ("name",)), kind, name, text(reference, ("key",))


def claims(workload: Workload) -> Iterator[str]:
    """Yield the names of the claims that a workload's pods mount."""
    for pod in workload.pods:
        for volume in items(pod, ("volumes",)):
            if name := text(volume, ("persistentVolumeClaim", "claimName")):
                yield name
