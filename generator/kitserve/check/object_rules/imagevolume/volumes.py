"""Volumes of pods, as far as Kubernetes itself refuses them: KServe's CRDs let them pass."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from kitserve.check.object_rules.imagevolume.places import pods_of
from kitserve.check.object_rules.pod_choices import IMAGE_VOLUME, chosen
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import service
from kitserve.crds.lookup import Data, at, items, mapping, maps, text
from kitserve.problems import Code, Path, Problem

VOLUME = Code(
    "KS188",
    "error",
    "Kubernetes refuses a volume of a pod, or a mount.",
    why="A cluster admits the service, and refuses its Deployment or its pods: a volume has one source, an image "
    "volume a reference; a `subPath` is relative, without `..`, and not beside `subPathExpr`; an image takes no "
    "`bindMountOptions` (validateVolumeSource, validateImageVolumeSource and ValidateVolumeMounts in "
    "pkg/apis/core/validation/validation.go of kubernetes/kubernetes).",
    example=service("volumes:\n  - {name: model, image: {pullPolicy: IfNotPresent}}\n"),
    remedy="Correct the field that the message names.",
)
_CONTAINERS = ("containers", "initContainers")


def _volumes_are_possible(item: Data) -> Iterator[Problem]:
    for pod in pods_of(item):
        images = set()
        for path, volume in maps(item, (*pod, "volumes")):
            yield from _volume(item, path, volume)
            images |= {text(volume, ("name",))} if isinstance(volume.get("image"), dict) else set()
        for container in _containers(item, pod):
            yield from _mounts(item, container, images)


def _containers(item: Data, pod: Path) -> Iterator[Path]:
    """Yield the containers of a pod; of a predictor, `model` and its older names too."""
    yield from ((*pod, name) for name, part in mapping(item, pod).items() if items(part, ("volumeMounts",)))
    for field in _CONTAINERS:
        yield from (path for path, _ in maps(item, (*pod, field)))


def _volume(item: Data, path: Path, volume: Data) -> Iterator[Problem]:
    named = [kind for kind, source in volume.items() if kind != "name" and isinstance(source, dict)]
    if len(named) > 1:
        message, also = (
            f"a volume is one of {' and '.join(named)}",
            tuple((*path, kind) for kind in named[:-1]),
        )
        yield VOLUME.problem(message, path=(*path, named[-1]), hint="keep one of them", also=also)
    if isinstance(volume.get("image"), dict):
        yield from chosen(item, (*path, "image"), IMAGE_VOLUME)
        if not at(volume, ("image", "reference")):
            hint = "such as reference: registry.example.com/iris@sha256:…"
            yield VOLUME.problem(
                "an image volume needs a reference", path=(*path, "image", "reference"), hint=hint
            )


def _mounts(item: Data, container: Path, images: set[str]) -> Iterator[Problem]:
    for path, mount in maps(item, (*container, "volumeMounts")):
        inner = text(mount, ("subPath",))
        if inner.startswith("/") or ".." in PurePosixPath(inner).parts:
            message = "must be a path within the volume, without / in front and without .."
            yield VOLUME.problem(message, path=(*path, "subPath"))
        if inner and text(mount, ("subPathExpr",)):
            yield VOLUME.problem(
                "not beside subPath", path=(*path, "subPathExpr"), also=((*path, "subPath"),)
            )
        if text(mount, ("name",)) in images and items(mount, ("bindMountOptions",)):
            yield VOLUME.problem("not for an image", path=(*path, "bindMountOptions"), hint="leave it out")


RULES = (ObjectRule(_volumes_are_possible),)
