"""Where KServe mounts a service's models, beside other volumes."""

from collections.abc import Iterator

from kitserve.check.object_rules.imagevolume.sources import (
    NATIVE,
    Source,
    fetched_folder,
    pods,
    servers,
    sources,
    volume_of,
)
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import service
from kitserve.crds.lookup import Data, maps
from kitserve.crds.object_meta import is_dns_label
from kitserve.problems import Code, Problem

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
    example=service(
        "storageUris:\n  - {uri: 'kit://registry.example.com/llama:v1', mountPath: /mnt/models/llama_3}\n",
        "model:\n  modelFormat: {name: triton}\n",
    ),
    remedy="Give each model a folder of its own, and leave other volumes out of it.",
)
_SHOWN = 80
_LONGEST = 63


def _mounts_are_possible(item: Data) -> Iterator[Problem]:
    for pod in pods(item):
        held = list(sources(item, pod))
        fetched = fetched_folder(held)
        names: dict[str, Source] = {}
        for source in held:
            name = volume_of(source, fetched)
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
            if mount.get("mountPath") == source.mount and mount.get("name") != name and is_mounted(source):
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


def is_mounted(source: Source) -> bool:
    """Return whether a model's path has a mount of its own: an initializer's models share one above them all."""
    return not (source.is_listed and source.is_fetched)


RULES = (ObjectRule(_mounts_are_possible, since="0.16"),)
