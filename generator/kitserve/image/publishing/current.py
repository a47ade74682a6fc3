"""Whether a tag holds the image that is asked for, by what its index and manifests say; no layer is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kitserve_initializer.errors import CorruptContent, InvalidModelKit
from kitserve_initializer.oci import manifest
from kitserve_initializer.oci.digest import Descriptor
from kitserve_initializer.oci.manifest import Manifest
from kitserve_initializer.registry.client import FetchedManifest, Repository

from kitserve.errors import Refused
from kitserve.image import annotations
from kitserve.image.build import mounts
from kitserve.image.publishing import upload
from kitserve.image.publishing.remote import Remote
from kitserve.image.request import Request
from kitserve.image.source import Source, failures
from kitserve.registry import image_index

_OWN = 1
"""Layers of our own that an image has at most, behind the ModelKit's."""

_REASONS = {
    image_index.SOURCE: "it was made of {had}, and {reference} is {wants}",
    annotations.PARENTS: "it was made when {reference} built on {had}, and that is {wants}",
    annotations.RULES: "it was made by rules {had} for images, and this kitserve has rules {wants}",
}
_REASON = "it was made for {name} {had}, not {wants}"
_NONE = "nothing"
_TAKEN = "choose another tag (--tag), or remove what is there"


@dataclass(frozen=True)
class Standing:
    """What a tag holds: `digest` is empty for nothing; `reason` says why that isn't the image, if it isn't."""

    digest: str = ""
    reason: str = ""


def look(source: Source, request: Request, tag: str, remote: Remote) -> Standing:
    """Compare what a tag holds with what is asked for.

    Raises:
        RegistryUnavailable: if the registry doesn't say.
        Refused: if the tag holds what isn't ours to replace, or the ModelKit contradicts itself.
    """
    with failures():
        found = _free(source, tag)
        if not found:
            return Standing(reason=f"{remote.name} has no tag {tag}")
        told = image_index.annotations(found.body)
        reason = _outdated(told, source, request) or _incomplete(found.body, source, request, remote)
    return Standing(found.digest, reason)


def require_free(source: Source, tag: str) -> None:
    """Refuse a tag that holds what isn't ours to replace.

    Raises:
        Refused.
        RegistryFailure, CorruptContent: if the registry doesn't say.
    """
    _free(source, tag)


def _free(source: Source, tag: str) -> FetchedManifest | None:
    found = source.found.repository.find(tag)
    if found and not image_index.source(found.body):
        raise Refused(f"the tag {tag} holds something else than an image of a ModelKit, which stays", _TAKEN)
    return found


def _outdated(told: dict[str, str], source: Source, request: Request) -> str:
    wanted = annotations.of(source, request)
    for name in (*_REASONS, *wanted, *(each for each in told if each.startswith(image_index.PREFIX))):
        had, wants = told.get(name, ""), wanted.get(name, "")
        if had != wants:
            texts = {"had": had[:200] or _NONE, "wants": wants or _NONE, "reference": source.found.reference}
            return _REASONS.get(name, _REASON).format(name=name.removeprefix(image_index.PREFIX), **texts)
    return ""


def _incomplete(body: bytes, source: Source, request: Request, remote: Remote) -> str:
    try:
        return next(_gaps(body, source, request, remote), "")
    except (InvalidModelKit, CorruptContent) as error:
        return f"it can't be read: {error.cause}"


def _gaps(body: bytes, source: Source, request: Request, remote: Remote) -> Iterator[str]:
    """Yield what an index lacks of the image: manifests, layers, or blobs."""
    entries = [manifest.read_entry(each) for each in manifest.parse(body)["manifests"]]
    if len(entries) != len(request.platforms):
        yield f"it has {len(entries)} manifests for {len(request.platforms)} platforms"
    wanted = [_key(each.descriptor) for each in mounts(source, source.pieces)]
    blobs: dict[str, None] = {}
    for entry in entries:
        found = _manifest(source.found.repository, entry)
        if found is None:
            yield f"the registry lacks its manifest {entry.digest}"
            continue
        layers = [_key(each) for each in found.layers]
        if layers[: len(wanted)] != wanted or len(layers) > len(wanted) + _OWN:
            yield f"the layers of its manifest {entry.digest} aren't the ModelKit's"
        blobs |= dict.fromkeys((found.config.digest, *(each.digest for each in found.layers)))
    yield from (f"the registry lacks its blob {each}" for each in blobs if not upload.has(remote, each))


def _manifest(repository: Repository, entry: Descriptor) -> Manifest | None:
    found = repository.find(entry.digest)
    return manifest.read(manifest.parse(found.body)) if found else None


def _key(layer: Descriptor) -> Sequence[Any]:
    return layer.media_type, layer.digest, layer.size
