"""Where the models of an object come from, and where KServe mounts them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from kitserve.crds.lookup import Data, components, is_modelmesh, maps, models, text
from kitserve.problems import Path

DEFAULT_MOUNT = "/mnt/models"
NATIVE = "oci+native"
MODELCARS = ("oci", "oci+modelcar")
PROVISION = "kserve-provision-location"
"""KServe's volume for what an initializer of one `storageUri` fetches."""
_CLAIM = "kserve-pvc-source"
_VARIABLE = "STORAGE_URI"
_SERVER = "kserve-container"


def scheme_of(uri: str) -> str:
    """Return a URI's scheme; empty for a path."""
    scheme, separator, _ = uri.partition("://")
    return scheme if separator else ""


def is_image(scheme: str) -> bool:
    """Return whether KServe takes URIs of a scheme for images (ParseOciScheme in pkg/utils/storage.go)."""
    return scheme == "oci" or scheme.startswith("oci+")


@dataclass(frozen=True)
class Source:
    """One model of a service: its URI and the place of it, where it is mounted, and the pod that gets it.

    `is_listed`: from `storageUris`, which the controller mounts; one `storageUri` is the pod webhook's.
    """

    path: Path
    uri: str
    pod: Path
    mount: str = DEFAULT_MOUNT
    is_listed: bool = False

    @property
    def scheme(self) -> str:
        """The URI's scheme, empty for a path in the server's image."""
        return scheme_of(self.uri)

    @property
    def is_image(self) -> bool:
        """Whether KServe takes the URI for an image."""
        return is_image(self.scheme)

    @property
    def is_fetched(self) -> bool:
        """Whether an initializer fetches it into a volume."""
        return bool(self.scheme) and not self.is_image and self.scheme != "pvc"


def pods(item: Data) -> Iterator[Path]:
    """Yield the components of a service, and the predictors of its canaries, as far as they are maps."""
    if is_modelmesh(item):
        return
    yield from components(item)
    for path, canary in maps(item, ("spec", "canary")):
        if isinstance(canary.get("predictor"), dict):
            yield (*path, "predictor")


def sources(item: Data, pod: Path) -> Iterator[Source]:
    """Yield the models of one component of a service."""
    listed = maps(item, (*pod, "storageUris"))
    for path, entry in listed:
        if uri := text(entry, ("uri",)):
            mount = text(entry, ("mountPath",)) or DEFAULT_MOUNT
            yield Source((*path, "uri"), uri, pod, mount, is_listed=True)
    for place in _single(item, pod):
        if uri := text(item, place):
            yield Source(place, uri, pod)


def _single(item: Data, pod: Path) -> Iterator[Path]:
    """Yield the places of a URI that is mounted at /mnt/models."""
    containers = list(models(item, pod))
    yield from ((*path, "storageUri") for path in containers)
    if pod[-1] == "explainer":
        yield (*pod, "art", "storageUri")
    if not containers:
        for path, variable in maps(item, (*pod, "containers", 0, "env")):
            if variable.get("name") == _VARIABLE:
                yield (*path, "value")


def servers(item: Data, pod: Path) -> Iterator[Path]:
    """Yield the containers to which KServe mounts a component's models."""
    found = list(models(item, pod))
    yield from found
    for path, container in maps(item, (*pod, "containers")):
        if text(container, ("name",)) in {_SERVER, "transformer-container"} or (not found and path[-1] == 0):
            yield path


def parent(found: list[Source]) -> str:
    """Return the folder above all listed models that one initializer fetches (FindCommonParentPath)."""
    paths = [PurePosixPath(source.mount).parts for source in found]
    common = []
    for steps in zip(*paths, strict=False):
        if len(set(steps)) > 1:
            break
        common.append(steps[0])
    return str(PurePosixPath(*common)) if common else ""


def fetched_folder(found: list[Source]) -> str:
    """Return the folder that the models share of a service which one initializer fetches; empty without them."""
    return parent([source for source in found if source.is_fetched and source.is_listed])


def volume_of(source: Source, fetched: str) -> str:
    """Return the name of the volume that KServe mounts for a model; empty for a modelcar's.

    `fetched` is the service's `fetched_folder`.
    """
    if source.scheme in MODELCARS or not source.scheme:
        return ""
    if source.scheme == NATIVE or source.is_listed:
        return name_of(fetched if source.is_fetched else source.mount)
    return _CLAIM if source.scheme == "pvc" else PROVISION


def name_of(mount: str) -> str:
    """Return the volume's name that KServe makes of a path (GetVolumeNameFromPath in pkg/utils/storage.go)."""
    return mount.strip("/").replace("/", "-")
