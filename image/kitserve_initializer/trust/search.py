"""The signatures of a manifest, wherever cosign puts them in its repository, fetched one by one and within limits."""

from __future__ import annotations

from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from kitserve_initializer.errors import CorruptContent, InvalidModelKit, NotFound, RegistryFailure
from kitserve_initializer.log.amounts import size
from kitserve_initializer.oci import manifest
from kitserve_initializer.oci.digest import fallback_tag
from kitserve_initializer.trust.formats import bundle, simple_signing
from kitserve_initializer.trust.formats.signature import Fault, MalformedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kitserve_initializer.oci.digest import Descriptor
    from kitserve_initializer.registry.client import Repository
    from kitserve_initializer.trust.formats.signature import Signature

MOST = 64
"""Signatures of one form that are looked at."""

_FAILURES = 3
"""Signatures of one form that a registry may fail to hand over: each was waited for, maybe for minutes."""

_LISTED = 1024
"""Bundles that are remembered of a list."""
_PAYLOAD_LIMIT = 64 * 1024
_BUNDLE_LIMIT = 1024 * 1024
_TAG_LIMIT = 128
"""Characters of a tag (distribution-spec)."""

_UNREADABLE = (MalformedError, InvalidModelKit, CorruptContent)
_BUNDLES = "application/vnd.dev.sigstore.bundle"
_CREATED = "org.opencontainers.image.created"


def bundles(repository: Repository, digest: str) -> Iterator[Signature | Fault]:
    """Yield what refers to the manifest `digest` and is a bundle, the latest first."""
    try:
        found = referring(repository, digest)
    except RegistryFailure as error:
        yield Fault(error.cause, unreachable=True)
        return
    except _UNREADABLE as error:
        yield Fault(f"the list of its signatures can't be read: {error}")
        return
    if len(found) > MOST:
        yield Fault(f"it has {len(found)} bundles, and {MOST} are looked at")
    yield from _each(partial(_bundle, repository), found[:MOST])


def tagged(repository: Repository, digest: str) -> Iterator[Signature | Fault]:
    """Yield the signatures by the manifest's tag for signatures, the latest first."""
    tag = tag_of(digest)
    if not tag:
        return
    try:
        found = repository.find(tag)
        layers = manifest.read(manifest.parse(found.body)).layers if found else ()
    except RegistryFailure as error:
        yield Fault(error.cause, unreachable=True)
        return
    except _UNREADABLE as error:
        yield Fault(f"the manifest of its signatures, {tag}, can't be read: {error}")
        return
    if len(layers) > MOST:
        yield Fault(f"it has {len(layers)} signatures by its tag, and {MOST} are looked at")
    yield from _each(partial(_simple, repository), layers[: -MOST - 1 : -1])


def tag_of(digest: str) -> str:
    """Return the tag under which cosign 2 puts a manifest's signatures; empty if it would be too long for one."""
    tag = f"{digest.replace(':', '-')}.sig"
    return tag if len(tag) <= _TAG_LIMIT else ""


def _each(
    read: Callable[[Descriptor], Signature | None], listed: Sequence[Descriptor]
) -> Iterator[Signature | Fault]:
    failures = 0
    for descriptor in listed:
        try:
            found = read(descriptor)
        except RegistryFailure as error:
            yield Fault(
                f"the registry lists a signature and doesn't hand it over: {error.cause}", unreachable=True
            )
            failures += error.temporary
            if failures == _FAILURES:
                return
        except _UNREADABLE as error:
            yield Fault(f"{error} ({descriptor.digest})")
        else:
            if found:
                yield found


def referring(repository: Repository, digest: str) -> list[Descriptor]:
    """Return the descriptors of bundles that may be signatures of a manifest, the latest first.

    Raises:
        RegistryFailure, InvalidModelKit, MalformedError: if there is no list of them that can be read.
    """
    pages = repository.referrers(digest, bundle.ARTIFACT_TYPE)
    if pages is None:
        stood_in = repository.find(fallback_tag(digest))
        pages = [stood_in.body] if stood_in else []
    entries = filter(_is_bundle, chain.from_iterable(map(_entries, pages)))
    read = map(manifest.read_entry, islice(entries, _LISTED))
    found = {each.digest: each for each in read}.values()
    return sorted(found, key=lambda each: each.annotations.get(_CREATED, ""), reverse=True)


def _entries(page: bytes) -> list[object]:
    document = manifest.parse(page)
    entries = [] if document.get("manifests") is None else document["manifests"]
    if not isinstance(entries, list):
        raise MalformedError("it has no list of manifests")
    return entries


def _is_bundle(entry: object) -> bool:
    """Tell whether an entry may be a signature: some registries leave out its type or its annotations."""
    fields = entry if isinstance(entry, dict) else {}
    annotations = fields.get("annotations")
    stated = annotations.get(bundle.PREDICATE_ANNOTATION) if isinstance(annotations, dict) else None
    kind = fields.get("artifactType", bundle.ARTIFACT_TYPE)
    return kind == bundle.ARTIFACT_TYPE and stated in (None, bundle.PREDICATE)


def _bundle(repository: Repository, entry: Descriptor) -> Signature | None:
    listed = repository.find(entry.digest)
    if not listed:
        raise NotFound(f"it has no manifest {entry.digest}")
    found = manifest.read(manifest.parse(listed.body))
    layers = [each for each in found.layers if each.media_type.startswith(_BUNDLES)]
    if len(layers) != 1:
        raise MalformedError("the manifest of a bundle hasn't exactly one layer")
    return bundle.read(_content(repository, layers[0], _BUNDLE_LIMIT))


def _simple(repository: Repository, layer: Descriptor) -> Signature:
    if layer.media_type != simple_signing.MEDIA_TYPE:
        raise MalformedError(f"a layer of its signatures is of the type {layer.media_type[:200]!r}")
    return simple_signing.read(_content(repository, layer, _PAYLOAD_LIMIT), layer.annotations)


def _content(repository: Repository, descriptor: Descriptor, limit: int) -> bytes:
    if descriptor.size > limit:
        raise MalformedError(f"a signature has {size(descriptor.size)}, and {size(limit)} are the most")
    return repository.content(descriptor, "a signature")
