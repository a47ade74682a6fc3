"""What a service says beside images that nodes mount, and nothing reads."""

from collections.abc import Iterator

from kitserve.check.object_rules.imagevolume.sources import (
    NATIVE,
    PROVISION,
    Source,
    name_of,
    parent,
    pods,
    servers,
    sources,
)
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import MODEL, annotated
from kitserve.crds.lookup import Data, at, mapping, maps, models, text
from kitserve.problems import Code, Path, Problem
from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.values.variables import variables

IGNORED = Code(
    "KS166",
    "warning",
    "A setting has no effect on a model that a node mounts from an image.",
    why="The node pulls the image with the pod's imagePullSecrets and mounts it read-only; no initializer runs. So "
    "kitserve's annotations, `storage.key`, `confidential` and `storage.kserve.io/readonly` change nothing "
    "(CommonStorageInitialization in pkg/webhook/admission/pod/storage_initializer_injector.go returns before it reads "
    "them). A ClusterStorageContainer that the service chooses by `storageContainerName` isn't used, but must take the "
    f"URI. Likewise KServe uses a volume named {PROVISION} only for what an initializer fetches for one "
    "`storageUri`: for `storageUris` it names the volume after the folder.",
    example=annotated(
        "kitserve.io/layout: model",
        model=MODEL.replace("kit://", "oci+native://").replace(":v1", "@sha256:" + "0" * 64),
    ),
    remedy="Leave it out. What is in the image is chosen when it is made: `kitserve image --layout`, `--filter`.",
)

_OWN = frozenset(f"{DOMAIN}/{each.key}" for each in variables() if each.kind == "annotation")
_CONTAINER = "storageContainerName"
_READ_ONLY = "storage.kserve.io/readonly"
_META: Path = ("metadata", "annotations")


def _settings_are_read(item: Data) -> Iterator[Problem]:
    found = {pod: list(sources(item, pod)) for pod in pods(item)}
    every = [source for held in found.values() for source in held]
    if every and all(source.is_image for source in every):
        yield from _annotations(item, found)
    for pod, held in found.items():
        if held and all(source.scheme == NATIVE for source in held):
            yield from _of_model(item, pod)
        if held and held[0].scheme == NATIVE and text(item, (*pod, _CONTAINER)):
            message = "KServe refuses the pods unless this one takes oci+native://"
            yield IGNORED.problem(message, path=(*pod, _CONTAINER), hint="leave it out", also=(held[0].path,))
        yield from _volume(item, pod, held)


def _annotations(item: Data, found: dict[Path, list[Source]]) -> Iterator[Problem]:
    is_native = all(source.scheme == NATIVE for held in found.values() for source in held)
    for path in (_META, *((*pod, "annotations") for pod in found)):
        for key, word in mapping(item, path).items():
            if key in _OWN:
                hint = "leave it out; `kitserve image` chooses what is in the image"
                yield IGNORED.problem(
                    "no initializer reads this: nodes mount an image", path=(*path, key), hint=hint
                )
            elif key == _READ_ONLY and word == "false" and is_native:
                yield IGNORED.problem(
                    "an image is mounted read-only all the same", path=(*path, key), hint="leave it out"
                )


def _of_model(item: Data, pod: Path) -> Iterator[Problem]:
    for path in models(item, pod):
        if text(item, (*path, "storage", "key")):
            hint = "name the registry's Secret in imagePullSecrets"
            message = "a node pulls the image, with the pod's imagePullSecrets"
            yield IGNORED.problem(message, path=(*path, "storage", "key"), hint=hint)
        if at(item, (*path, "confidential", "enabled")) is True:
            message = "nothing decrypts what is in an image"
            yield IGNORED.problem(message, path=(*path, "confidential", "enabled"), hint="leave it out")


def _volume(item: Data, pod: Path, held: list[Source]) -> Iterator[Problem]:
    """Yield KServe's volume where KServe uses another one, or none."""
    fetched = [source for source in held if source.is_fetched and source.is_listed]
    if not held or any(not source.is_listed and source.scheme not in {NATIVE, "pvc"} for source in held):
        return
    mounted = {
        text(mount, ("name",))
        for server in servers(item, pod)
        for _, mount in maps(item, (*server, "volumeMounts"))
    }
    for path, volume in maps(item, (*pod, "volumes")):
        if volume.get("name") == PROVISION and PROVISION not in mounted:
            hint = f"name it {name_of(parent(fetched))}" if fetched else "leave it out"
            yield IGNORED.problem(
                "KServe mounts no volume of this name here", path=(*path, "name"), hint=hint
            )


RULES = (ObjectRule(_settings_are_read),)
