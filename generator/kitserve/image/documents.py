"""The image's documents (OCI image-spec: config.md, manifest.md, image-index.md), the same for the same ModelKit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kitserve_initializer.modelkit.resolver import ResolvedModelKit
from kitserve_initializer.oci.digest import Descriptor, digest_of
from kitserve_initializer.registry.client import INDEX, MANIFEST

from kitserve.errors import WrongSettings

CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"

_PLATFORM = ("os", "architecture", "variant")


@dataclass(frozen=True)
class Mount:
    """A blob of the image that is in the registry: in the repository of a ModelKit."""

    holder: ResolvedModelKit
    descriptor: Descriptor


@dataclass(frozen=True)
class Image:
    """What to push, in this order: blobs where they lie, `blobs` of our own, `manifests`, and the index."""

    mounts: tuple[Mount, ...]
    blobs: tuple[bytes, ...]
    manifests: tuple[bytes, ...]
    index: bytes
    subject: Descriptor
    annotations: Mapping[str, str]

    @property
    def digest(self) -> str:
        """The index's digest."""
        return digest_of(self.index)


@dataclass(frozen=True)
class Content:
    """The ModelKit's layers, the digests of their archives, and our own layer, empty without one."""

    mounts: tuple[Mount, ...]
    diff_ids: tuple[str, ...]
    own: bytes


def image(
    content: Content, places: Sequence[Mapping[str, str]], subject: Descriptor, annotations: Mapping[str, str]
) -> Image:
    """Return the image of the content for these platforms."""
    ours = (content.own,) if content.own else ()
    layers = [mount.descriptor for mount in content.mounts]
    layers += [Descriptor(LAYER, digest_of(body), len(body)) for body in ours]
    diff_ids = [*content.diff_ids, *map(digest_of, ours)]
    configs = [_config(place, diff_ids) for place in places]
    manifests = [_manifest(config, layers) for config in configs]
    index = _index(list(zip(places, manifests, strict=True)), subject, annotations)
    return Image(content.mounts, (*ours, *configs), tuple(manifests), index, subject, annotations)


def platform(text: str) -> dict[str, str]:
    """Return OS/ARCHITECTURE[/VARIANT] as an index names a platform.

    Raises:
        WrongSettings: if it isn't that.
    """
    words = text.split("/")
    if not 2 <= len(words) <= len(_PLATFORM) or not all(word.isalnum() and word.isascii() for word in words):
        raise WrongSettings(f"{text!r} isn't a platform", "write OS/ARCHITECTURE, as linux/amd64")
    return dict(zip(_PLATFORM, words, strict=False))


def _config(place: Mapping[str, str], diff_ids: Sequence[str]) -> bytes:
    return _json({**place, "config": {}, "rootfs": {"type": "layers", "diff_ids": list(diff_ids)}})


def _manifest(configuration: bytes, layers: Sequence[Descriptor]) -> bytes:
    return _json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": _descriptor(Descriptor(CONFIG, digest_of(configuration), len(configuration))),
            "layers": [_descriptor(each) for each in layers],
        }
    )


def _index(
    manifests: Sequence[tuple[Mapping[str, str], bytes]], subject: Descriptor, annotations: Mapping[str, str]
) -> bytes:
    return _json(
        {
            "schemaVersion": 2,
            "mediaType": INDEX,
            "manifests": [
                {**_descriptor(Descriptor(MANIFEST, digest_of(body), len(body))), "platform": dict(place)}
                for place, body in manifests
            ],
            "subject": _descriptor(subject),
            "annotations": dict(annotations),
        }
    )


def _descriptor(content: Descriptor) -> dict[str, object]:
    return {"mediaType": content.media_type, "digest": content.digest, "size": content.size}


def _json(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
