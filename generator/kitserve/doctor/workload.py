"""An object whose pods get ModelKits, and what they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitserve.check.object_rules.imagevolume.places import images_of, pods_of, uris_of
from kitserve.crds.lookup import annotation, items, mapping, maps, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.problems import Path

    Data = dict[str, Any]

KIT = "kit://"
_DAEMON: Path = ("spec", "template", "spec")


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


def claims(workload: Workload) -> Iterator[str]:
    """Yield the names of the claims that a workload's pods mount."""
    for pod in workload.pods:
        for volume in items(pod, ("volumes",)):
            if name := text(volume, ("persistentVolumeClaim", "claimName")):
                yield name
