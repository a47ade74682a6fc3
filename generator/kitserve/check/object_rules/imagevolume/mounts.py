"""Where KServe mounts a service's models, beside other volumes."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from kitserve.check.object_rules.imagevolume.sources import (
    MODELCARS,
    NATIVE,
    Source,
    parent,
    pods,
    servers,
    sources,
    volume_of,
)
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import service
from kitserve.crds.lookup import Data, annotation, maps, text
from kitserve.crds.object_meta import is_dns_label
from kitserve.problems import Code, Path, Problem

_PINNED = "@sha256:" + "0" * 64
_TWO = (
    "storageUris:\n  - {{uri: 'oci+native://registry.example.com/a{pin}', mountPath: {0}}}\n"
    "  - {{uri: 'oci+native://registry.example.com/b{pin}', mountPath: {1}}}\n"
)
_FORMAT = "model:\n  modelFormat: {name: triton}\n"
TAKEN = Code(
    "KS169",
    "error",
    "KServe can't mount a model where the service says.",
    why="KServe makes a volume for a model, named after its folder, such as `mnt-models` for /mnt/models. A path has "
    "one mount: beside one of the service's own the pod webhook or the API server refuses the pods. A name has one "
    "volume: of two models whose paths give one name, only the first is mounted, and a volume of the service's own "
    "with that name takes the image's place. A name has up to 63 lower-case letters, digits and `-`, so a folder has "
    "no `_`, no `.` and no capitals (ConfigureOciNativeToContainer, AddModelMount and GetVolumeNameFromPath in "
    "pkg/utils/storage.go).",
    example=service(_TWO.format("/mnt/models/a", "/mnt/models/llama_3", pin=_PINNED), _FORMAT),
    remedy="Give each model a folder of its own, and leave other volumes out of it.",
)
NESTED = Code(
    "KS178",
    "warning",
    "Two mounts of a server are in each other's way.",
    why="A runtime makes the folder for a mount in what is mounted there already. An image is always read-only, and "
    "what an initializer fetched is so for the server: where it doesn't have the folder, the container isn't created "
    "(`read-only file system`). And each `oci://` is a sidecar with a volume on the folder above its path, so two of "
    "them need two such folders, unless KServe's `ociModelMode` is `native` (ValidateOCIMountPaths in "
    "pkg/utils/storage.go).",
    example=service(_TWO.format("/mnt/models", "/mnt/models/adapter", pin=_PINNED), _FORMAT),
    remedy="Mount them side by side, such as at /mnt/models/base and /mnt/models/adapter.",
)
_READ_ONLY = "storage.kserve.io/readonly"
_SHOWN = 80
_LONGEST = 63


def _mounts_are_possible(item: Data) -> Iterator[Problem]:
    for pod in pods(item):
        held = list(sources(item, pod))
        names: dict[str, Source] = {}
        for source in held:
            name = volume_of(source, held)
            if name and source.mount.startswith("/") and ".." not in source.mount:
                yield from _named(source, name, names)
                yield from _beside(item, source, name)
                names.setdefault(name, source)


def _named(source: Source, name: str, names: dict[str, Source]) -> Iterator[Problem]:
    if source.is_listed and name not in names and (not is_dns_label(name) or len(name) > _LONGEST):
        hint = "lower-case letters, digits and -, up to 63 with the folders above"
        message = f"KServe names the volume {name[:_SHOWN]}, which Kubernetes refuses"
        yield TAKEN.problem(message, path=(*source.path[:-1], "mountPath"), hint=hint)
    elif name in names and NATIVE in {source.scheme, names[name].scheme}:
        message, also = "KServe makes one volume for both paths, and mounts the first", (names[name].path,)
        hint = "give each a folder of its own"
        yield TAKEN.problem(message, path=(*source.path[:-1], "mountPath"), hint=hint, also=also)


def _beside(item: Data, source: Source, name: str) -> Iterator[Problem]:
    for server in servers(item, source.pod):
        for path, mount in maps(item, (*server, "volumeMounts")):
            if mount.get("mountPath") == source.mount and mount.get("name") != name and _is_mounted(source):
                message, also = "KServe mounts the model here, and a path has one mount", (source.path,)
                yield TAKEN.problem(message, path=(*path, "mountPath"), hint="leave one out", also=also)
    for path, volume in maps(item, (*source.pod, "volumes")):
        if (
            source.scheme == NATIVE
            and volume.get("name") == name
            and not isinstance(volume.get("image"), dict)
        ):
            message, also = "KServe mounts this volume instead of the model's image", (source.path,)
            yield TAKEN.problem(message, path=(*path, "name"), hint="give it another name", also=also)


def _is_mounted(source: Source) -> bool:
    """Return whether a model's path has a mount of its own: an initializer's models share one above them all."""
    return not (source.is_listed and source.is_fetched)


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
        for outer in mounts:
            for inner in mounts:
                # What a claim holds, and what an initializer fetches for a service's own mount, may have the folder.
                is_closed = outer.is_image or not (outer.is_own or is_writable or not inner.is_image)
                if is_closed and PurePosixPath(outer.path) in PurePosixPath(inner.path).parents:
                    message = f"{outer.path[:_SHOWN]} is read-only, and may not have this folder"
                    hint, also = "mount them side by side", (outer.place,)
                    yield NESTED.problem(message, path=inner.place, hint=hint, also=also)
        yield from _cars(held)


def _of_models(held: list[Source]) -> Iterator[_Mount]:
    fetched = [source for source in held if source.is_listed and source.is_fetched]
    for source in held:
        if _is_mounted(source) and source.scheme not in MODELCARS:
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


def _cars(held: list[Source]) -> Iterator[Problem]:
    folders: dict[str, Source] = {}
    for source in held:
        if source.is_listed and source.scheme == "oci":
            folder = str(PurePosixPath(source.mount).parent)
            if folder in folders:
                message, also = (
                    f"KServe's modelcars each need {folder[:_SHOWN]} for themselves",
                    (folders[folder].path,),
                )
                hint = "write oci+native://, or use two folders"
                yield NESTED.problem(message, path=(*source.path[:-1], "mountPath"), hint=hint, also=also)
            folders.setdefault(folder, source)


RULES = (ObjectRule(_mounts_are_possible, since="0.16"), ObjectRule(_mounts_are_apart, since="0.16"))
