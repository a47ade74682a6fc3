"""Which ModelKits an object names: by kit://, or as the images that `kitserve image` makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.crds.lookup import items, mapping, text
from kitserve.render.manifests.image_volume import NATIVE, SCHEME, digest_of, is_image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.crds.lookup import Data

LOCAL_MODEL = "internal.serving.kserve.io/localmodel"
"""KServe's label of a service that uses a LocalModelCache, with the cache's name."""
_OCI = (NATIVE, "oci+fetch://", "oci://")
_VOLUME = "kserve-provision-location"
"""The volume that KServe has its initializer fill."""


def uris(item: Data) -> tuple[str, ...]:
    """Return the ModelKits that an object's `spec` names, each once, in order: kit://REF, or HOST/REPOSITORY:TAG.

    Any text of the spec counts, so that fields of every version, open pod templates and arguments do.
    """
    found = (_modelkit(each) for each in strings(item.get("spec")))
    return tuple(dict.fromkeys(each for each in found if each))


def reference(uri: str) -> str:
    """Return an URI as pods have it: an image without its scheme."""
    return next((uri.removeprefix(each) for each in _OCI if uri.startswith(each)), uri)


def names(item: object, uri: str) -> bool:
    """Return whether a text of an object is this URI, or the image that it stands for."""
    return any(reference(each) == uri for each in strings(item))


def digest(uri: str) -> str:
    """Return the digest in a URI of a ModelKit or in the name of its image; empty without one."""
    if not uri.startswith(SCHEME):
        return digest_of(uri)
    _, _, found = uri.partition("@")
    return found


def delivery(service: Data, pods: list[Data], uri: str) -> str:
    """Return how a service gets a ModelKit, by the names of the value `delivery`, or `localModel`, or `modelcar`."""
    if not uri.startswith(SCHEME):
        is_car = any(
            each.startswith("oci://") and reference(each) == uri for each in strings(service.get("spec"))
        )
        mounted = any(
            uri == text(each, ("image", "reference"))
            for pod in pods
            for each in items(pod, ("spec", "volumes"))
        )
        return "modelcar" if is_car and not mounted else "imageVolume"
    if local_model(service):
        return "localModel"
    return "volume" if any(map(_is_claimed, pods)) or _is_claimed(service) else "initializer"


def local_model(service: Data) -> str:
    """Return the name of the LocalModelCache that a service uses, empty without one."""
    return text(service, ("metadata", "labels", LOCAL_MODEL))


def strings(item: object) -> Iterator[str]:
    """Yield all texts of a document, in order."""
    left = [item]
    while left:
        each = left.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            left += reversed(each.values())
        elif isinstance(each, list):
            left += reversed(each)


def _modelkit(word: str) -> str:
    if word.startswith(SCHEME):
        return word
    name = reference(word)
    return name if is_image(name) else ""


def _is_claimed(item: Data) -> bool:
    """Return whether the initializer of a pod, or of a service, unpacks into a claim."""
    specs = (mapping(item, ("spec",)), mapping(item, ("spec", "predictor")))
    loaders = [each for each in items(item, ("spec", "initContainers")) if any(map(_modelkit, strings(each)))]
    filled = {
        _VOLUME,
        *(text(mount, ("name",)) for each in loaders for mount in items(each, ("volumeMounts",))),
    }
    volumes = (each for spec in specs for each in items(spec, ("volumes",)))
    return any(
        text(each, ("name",)) in filled and mapping(each, ("persistentVolumeClaim",)) for each in volumes
    )
