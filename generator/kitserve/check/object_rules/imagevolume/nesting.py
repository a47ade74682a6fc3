"""Mounts of a server that are in each other's way."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from kitserve.check.object_rules.imagevolume.mounts import TAKEN, is_mounted
from kitserve.check.object_rules.imagevolume.sources import (
    MODELCARS,
    NATIVE,
    Source,
    parent,
    pods,
    servers,
    sources,
)
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import service
from kitserve.crds.lookup import Data, annotation, maps, text
from kitserve.problems import Code, Path, Problem

_PINNED = "@sha256:" + "0" * 64
_TWO = (
    "storageUris:\n  - {{uri: 'oci+native://registry.example.com/a{pin}', mountPath: {0}}}\n"
    "  - {{uri: 'oci+native://registry.example.com/b{pin}', mountPath: {1}}}\n"
)
_FORMAT = "model:\n  modelFormat: {name: triton}\n"
NESTED = Code(
    "KS178",
    "warning",
    "Two mounts of a server are in each other's way.",
    why="A runtime makes the folder for a mount in what is mounted there already. An image is always read-only, and "
    "what an initializer fetched is so for the server: where it doesn't have the folder, the container isn't created "
    "(`read-only file system`). And each `oci://` is a sidecar with a volume on the folder above its path, so two of "
    "them need two such folders, unless KServe's `ociModelMode` is `native`; KServe 0.21 wants that of all images "
    "(ValidateOCIMountPaths in pkg/utils/storage.go).",
    example=service(_TWO.format("/mnt/models", "/mnt/models/adapter", pin=_PINNED), _FORMAT),
    remedy="Mount them side by side, such as at /mnt/models/base and /mnt/models/adapter.",
)
_READ_ONLY = "storage.kserve.io/readonly"
_SHOWN = 80
_LONGEST = 4096
"""Bytes of a path (PATH_MAX)."""
_MOST = 10
"""Images of a pod (MaxOCISourcesPerPod in pkg/utils/storage.go)."""
_SEVERAL = 2


class _Mount(NamedTuple):
    """A mount of a server: `is_own` is one of a volume that the service names, `is_image` one of an image."""

    place: Path
    path: str
    is_own: bool = False
    is_image: bool = False


def _mounts_are_apart(item: Data) -> Iterator[Problem]:
    is_writable = annotation(item, _READ_ONLY) == "false"
    for pod in pods(item):
        held = list(sources(item, pod))
        mounts = [*_of_models(held), *_own(item, pod)]
        if len(mounts) < _SEVERAL:
            continue
        outers: dict[PurePosixPath, dict[tuple[bool, bool], _Mount]] = {}
        for mount in mounts:
            outers.setdefault(PurePosixPath(mount.path), {}).setdefault((mount.is_own, mount.is_image), mount)
        for inner in mounts:
            for outer in _above(inner, outers):
                # What a claim holds, and what an initializer fetches for a service's own mount, may have the folder.
                if outer.is_image or not (outer.is_own or is_writable or not inner.is_image):
                    message = f"{outer.path[:_SHOWN]} is read-only, and may not have this folder"
                    hint, also = "mount them side by side", (outer.place,)
                    yield NESTED.problem(message, path=inner.place, hint=hint, also=also)


def _above(inner: _Mount, outers: dict[PurePosixPath, dict[tuple[bool, bool], _Mount]]) -> Iterator[_Mount]:
    """Yield the mounts of the folders above a mount, one of a kind each. A path that no system takes has none."""
    if len(inner.path) <= _LONGEST:
        for folder in PurePosixPath(inner.path).parents:
            yield from outers.get(folder, {}).values()


def _of_models(held: list[Source]) -> Iterator[_Mount]:
    fetched = [source for source in held if source.is_listed and source.is_fetched]
    for source in held:
        if is_mounted(source) and source.scheme not in MODELCARS:
            place: Path = (*source.path[:-1], "mountPath") if source.is_listed else source.path
            is_image = source.scheme == NATIVE
            yield _Mount(place, source.mount, is_own=not is_image, is_image=is_image)
    if fetched:
        yield _Mount((*fetched[0].path[:-1], "mountPath"), parent(fetched))


def _own(item: Data, pod: Path) -> Iterator[_Mount]:
    volumes = [volume for _, volume in maps(item, (*pod, "volumes"))]
    images = {text(volume, ("name",)) for volume in volumes if isinstance(volume.get("image"), dict)}
    for server in servers(item, pod):
        for path, mount in maps(item, (*server, "volumeMounts")):
            if place := text(mount, ("mountPath",)):
                is_image = text(mount, ("name",)) in images
                yield _Mount((*path, "mountPath"), place, is_own=True, is_image=is_image)


def _modelcars_are_apart(item: Data) -> Iterator[Problem]:
    for pod in pods(item):
        listed = [source for source in sources(item, pod) if source.is_listed]
        yield from _apart([source for source in listed if source.scheme == "oci"], "write oci+native://")


def _images_are_apart(item: Data) -> Iterator[Problem]:
    for pod in pods(item):
        listed = [source for source in sources(item, pod) if source.is_listed]
        yield from _apart([source for source in listed if source.is_image], "use two folders")


def _apart(images: list[Source], hint: str) -> Iterator[Problem]:
    """Yield the images that KServe doesn't mount beside others of one pod (ValidateOCIMountPaths)."""
    folders: dict[str, Source] = {}
    for source in images:
        folder = str(PurePosixPath(source.mount).parent)
        if (other := folders.setdefault(folder, source)) is not source and other.mount != source.mount:
            message = f"unless its ociModelMode is native, KServe mounts one image below {folder[:_SHOWN]}"
            place: Path = (*source.path[:-1], "mountPath")
            yield NESTED.problem(message, path=place, hint=hint, also=(other.path,))
    for source in images[_MOST:]:
        yield TAKEN.problem(f"KServe mounts {_MOST} images of a pod", path=source.path, hint="leave it out")


RULES = (
    ObjectRule(_mounts_are_apart, since="0.16"),
    ObjectRule(_modelcars_are_apart, since="0.20", until="0.21"),
    ObjectRule(_images_are_apart, since="0.21"),
)
