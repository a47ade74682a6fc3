"""What a repository holds: what its tags name, and the images of ModelKits among that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.oci import manifest
from kitserve_initializer.oci.reference import is_digest
from kitserve_initializer.registry.client import INDEX, Repository

from kitserve.image import annotations
from kitserve.image.publishing import listing
from kitserve.image.publishing.remote import Remote
from kitserve.image.publishing.tags import named, tags
from kitserve.registry import image_index

OF_DIGEST = re.compile(r"(sha256|sha384|sha512)-([0-9a-f]{64,128})")
"""The digest of a manifest in a tag, also in that of the list of its referrers."""
_BESIDE = re.compile(rf"{OF_DIGEST.pattern}(?:\.(?:sig|att|sbom))?")
"""Tags of lists of referrers, and of signatures: they name no ModelKit."""


@dataclass(frozen=True)
class Found:
    """An image in a repository: its ModelKit's digest, its layout, filters and labels, its manifests, and its tags."""

    digest: str
    source: str
    choice: tuple[str, str, str]
    children: frozenset[str]
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Contents:
    """A repository: what each tag names, its images by digest, the manifests that other indexes list, and the manifests
    whose referrers are listed by a tag."""

    digests: Mapping[str, str]
    images: Mapping[str, Found]
    others: frozenset[str]
    subjects: frozenset[str]


def contents(remote: Remote, repository: Repository) -> Contents:
    """Look at what all tags name.

    Raises:
        RegistryFailure, CorruptContent: if the registry doesn't say.
    """
    digests: dict[str, str] = {}
    images: dict[str, Found] = {}
    others: set[str] = set()
    listed = tags(remote)
    for tag in listed:
        if _BESIDE.fullmatch(tag):
            continue
        it = named(remote, tag)
        if it and it.digest and it.media_type != INDEX:
            digests[tag] = it.digest
        elif it and (found := repository.find(it.digest or tag)):
            digests[tag] = found.digest
            image = image_of(found.body, found.digest)
            if image:
                images.setdefault(image.digest, image).tags.append(tag)
            else:
                others |= children_of(found.body)
    subjects = frozenset(f"{match[1]}:{match[2]}" for match in map(OF_DIGEST.fullmatch, listed) if match)
    return Contents(digests, images, frozenset(others), frozenset(filter(is_digest, subjects)))


def referring(subject: str, remote: Remote, repository: Repository) -> list[str]:
    """Return the digests of indexes that refer to a manifest."""
    try:
        pages = repository.referrers(subject)
        if pages is None:
            listed = listing.read(remote, subject)
            return _indexes(listed.entries if listed else [])
        lists = [manifest.parse(page).get("manifests") for page in pages]
    except InvalidModelKit:
        return []
    return [digest for each in lists if isinstance(each, list) for digest in _indexes(each)]


def _indexes(entries: list[Any]) -> list[str]:
    digests = [
        each.get("digest") for each in entries if isinstance(each, dict) and each.get("mediaType") == INDEX
    ]
    return [each for each in digests if isinstance(each, str) and is_digest(each)]


def image_of(body: bytes, digest: str) -> Found | None:
    """Read an image's index; None if it is another manifest."""
    source, told = image_index.source(body), image_index.annotations(body)
    choice = (
        told.get(annotations.LAYOUT, ""),
        told.get(annotations.FILTER, ""),
        told.get(annotations.LABEL, ""),
    )
    return Found(digest, source, choice, children_of(body)) if source else None


def children_of(body: bytes) -> frozenset[str]:
    """Return the manifests that an index lists; none of what isn't one."""
    entries = manifest.parse(body).get("manifests")
    digests = (
        [each.get("digest") for each in entries if isinstance(each, dict)]
        if isinstance(entries, list)
        else []
    )
    return frozenset(each for each in digests if isinstance(each, str) and is_digest(each))
