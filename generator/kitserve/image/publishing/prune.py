"""Images that nothing leads to: their ModelKit is gone, or the tag that they were made of names another one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kitserve_initializer.registry.client import Repository

from kitserve.image.publishing.contents import (
    OF_DIGEST,
    Contents,
    Found,
    children_of,
    contents,
    image_of,
    referring,
)
from kitserve.image.publishing.remote import Remote
from kitserve.image.publishing.tags import named
from kitserve.render.manifests import image_volume

_HASHED = re.compile(r"[0-9a-f]{64}\.image")
"""The name of an image whose own would be too long."""
_OF_TAG = re.compile(r"(?P<version>.+)\.image(?:-[0-9a-f]{10})?")


@dataclass(frozen=True)
class Stale:
    """An image that nothing leads to, with `children` that are no other's; if not `whole`, only `tags` are to go."""

    digest: str
    source: str
    tags: tuple[str, ...]
    reason: str
    children: frozenset[str]
    whole: bool = True


def stale(remote: Remote, repository: Repository, keep: str, replaced: str = "") -> list[Stale]:
    """Return the images that can go; never the one with the digest `keep`.

    Nothing lists manifests without tags: such an image is found among what refers to a ModelKit that has a tag or a
    list of referrers, or as the one that this run `replaced`.

    Raises:
        RegistryFailure, CorruptContent: if the registry doesn't say.
    """
    there = contents(remote, repository)
    images = [image for image in there.images.values() if image.digest != keep]
    found = [judged for image in images if (judged := _judged(image, there, remote, repository))]
    found += [
        Stale(image.digest, image.source, (), "no tag names it any more", image.children)
        for image in _untagged(there, remote, repository, replaced)
        if image.digest != keep
    ]
    gone = {each.digest for each in found if each.whole}
    kept = [image.children for image in there.images.values() if image.digest not in gone]
    used = frozenset(there.digests.values()).union(there.others, _listed(repository, keep), *kept)
    return [replace(each, children=each.children - used) for each in found]


def _judged(image: Found, there: Contents, remote: Remote, repository: Repository) -> Stale | None:
    if not named(remote, image.source):
        reason = f"its ModelKit {image.source} is gone"
        return Stale(image.digest, image.source, tuple(image.tags), reason, image.children)
    reasons = {tag: _moved(tag, image, there, remote, repository) for tag in image.tags}
    gone = tuple(tag for tag, reason in reasons.items() if reason)
    if not gone:
        return None
    whole = len(gone) == len(image.tags)
    return Stale(image.digest, image.source, gone, reasons[gone[0]], image.children, whole)


def _moved(tag: str, image: Found, there: Contents, remote: Remote, repository: Repository) -> str:
    """Return why the tag of an image leads nowhere; nothing for one that somebody chose, or that leads somewhere."""
    version = _version(tag, image, there)
    if not version:
        return ""
    if pinned := OF_DIGEST.fullmatch(version):
        digest = f"{pinned[1]}:{pinned[2]}"
        return "" if named(remote, digest) else f"its ModelKit {digest} is gone"
    if version not in there.digests:
        return f"the tag {version} is gone"
    digest = there.digests[version]
    if digest == image.source or image.source in _listed(repository, digest):
        return ""
    return f"the tag {version} is {digest} by now"


def _version(tag: str, image: Found, there: Contents) -> str:
    """Return the ModelKit's tag or digest in an image's tag; of a hash only if there is such a tag."""
    if _HASHED.fullmatch(tag):
        return next((each for each in there.digests if _name(each, image) == tag), "")
    match = _OF_TAG.fullmatch(tag)
    return match["version"] if match else ""


def _name(version: str, image: Found) -> str:
    return image_volume.image(f"kit://host.example/name:{version}", *image.choice).rpartition(":")[2]


def _listed(repository: Repository, digest: str) -> frozenset[str]:
    found = repository.find(digest)
    return children_of(found.body) if found else frozenset()


def _untagged(there: Contents, remote: Remote, repository: Repository, replaced: str) -> Iterator[Found]:
    """Yield images that no tag names."""
    seen = set(there.digests.values())
    candidates = [replaced] if replaced else []
    for subject in {
        *there.subjects,
        *there.digests.values(),
        *(image.source for image in there.images.values()),
    }:
        candidates += referring(subject, remote, repository)
    for digest in candidates:
        if digest in seen:
            continue
        seen.add(digest)
        found = repository.find(digest)
        if found and (image := image_of(found.body, digest)):
            yield image
