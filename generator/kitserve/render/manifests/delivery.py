"""How a service's ModelKits get into its pods; the chart's twin is _delivery.tpl."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kitserve.render.manifests.image_volume import NATIVE, SCHEME, image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve.problems import Path
    from kitserve.values.types import Values

    Data = dict[str, Any]

MOUNT_PATH = "/mnt/models"
IMAGE_VOLUME = "imageVolume"
VOLUME = "volume"
BY_VOLUME = "volume"
_VOLUME = "kitserve-model"
_FOLDER = "models"
"""Folder of an image that KServe mounts too (ConfigureOciNativeToContainer in pkg/utils/storage.go)."""


@dataclass(frozen=True)
class Source:
    """A model of a service: its URI, the URI's path in the entry, and the folder in the pod."""

    uri: str
    path: Path
    mount_path: str = MOUNT_PATH

    @property
    def is_modelkit(self) -> bool:
        """Whether `delivery` concerns it."""
        return self.uri.startswith(SCHEME)


@dataclass(frozen=True)
class Mount:
    """An image that the predictor itself mounts."""

    name: str
    reference: str
    path: str

    @property
    def volume(self) -> Data:
        """The pod's volume."""
        return {"name": self.name, "image": {"reference": self.reference, "pullPolicy": "IfNotPresent"}}

    @property
    def volume_mount(self) -> Data:
        """The volume in the model's container."""
        return {"name": self.name, "mountPath": self.path, "subPath": _FOLDER, "readOnly": True}


@dataclass(frozen=True)
class Delivered:
    """The sources that KServe sees, and the mounts of those that it doesn't see."""

    sources: tuple[Source, ...]
    mounts: tuple[Mount, ...] = ()

    @property
    def storage_uri(self) -> str:
        """`storageUri` of the model."""
        return next((each.uri for each in self.sources if len(each.path) == 1), "")

    @property
    def storage_uris(self) -> list[Data]:
        """`storageUris` of the predictor. KServe's minimal CRDs have no default path, and its webhook requires one."""
        several = (each for each in self.sources if len(each.path) > 1)
        return [{"uri": each.uri, "mountPath": each.mount_path} for each in several]


def sources(entry: Data) -> tuple[Source, ...]:
    """Return the models of a service's typed values."""
    single = [Source(uri, ("storageUri",))] if (uri := entry.get("storageUri")) else []
    several = (
        Source(each["uri"], ("storageUris", number, "uri"), each.get("mountPath") or MOUNT_PATH)
        for number, each in enumerate(entry.get("storageUris", []))
    )
    return (*single, *several)


def is_image_volume(entry: Data) -> bool:
    """Return whether nodes pull ModelKits of a service as images."""
    return is_delivered(entry, IMAGE_VOLUME)


def is_delivered(entry: Data, delivery: str) -> bool:
    """Return whether a service has ModelKits, and wants them delivered so."""
    return entry.get("delivery") == delivery and any(each.is_modelkit for each in sources(entry))


def deliver(entry: Data, values: Values) -> Delivered:
    """Return a service's models in the form in which it wants ModelKits delivered."""
    found = sources(entry)
    if not is_image_volume(entry):
        return Delivered(found)
    images = {each.path: reference for each in found if (reference := _image(each, entry, values))}
    if values.imageVolumes.mountBy != BY_VOLUME:
        return Delivered(tuple(_native(each, images.get(each.path, "")) for each in found))
    mounts = (Mount(_name(each), images[each.path], each.mount_path) for each in found if each.path in images)
    return Delivered(tuple(each for each in found if each.path not in images), tuple(mounts))


def mount(predictor: Data, mounts: Sequence[Mount]) -> Data:
    """Return `spec.predictor` with the mounts beside its own volumes; what has a name or path already stays."""
    if not mounts:
        return predictor
    volumes = beside(predictor.get("volumes"), [each.volume for each in mounts], "name")
    mounted = {**predictor, "volumes": volumes}
    if isinstance(model := predictor.get("model"), dict):
        own = [each.volume_mount for each in mounts]
        mounted["model"] = {**model, "volumeMounts": beside(model.get("volumeMounts"), own, "mountPath")}
    return mounted


def beside(given: object, own: list[Data], key: str) -> object:
    """Return a list of an open value with ours behind it; what isn't a list is KServe's to refuse."""
    if given is not None and not isinstance(given, list):
        return given
    taken = [item.get(key) for item in given or [] if isinstance(item, dict)]
    return [*(given or []), *(item for item in own if item[key] not in taken)]


def _image(source: Source, entry: Data, values: Values) -> str:
    unpacking = entry.get("unpacking", {})
    layout = unpacking.get("layout") or values.layout
    return image(source.uri, layout, unpacking.get("filter", ""), unpacking.get("label", ""))


def _native(source: Source, reference: str) -> Source:
    return replace(source, uri=f"{NATIVE}{reference}") if reference else source


def _name(source: Source) -> str:
    return _VOLUME if len(source.path) == 1 else f"{_VOLUME}-{source.path[1]}"
