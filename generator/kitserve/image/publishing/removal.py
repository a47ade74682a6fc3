"""Deletes images that nothing leads to (distribution-spec, "Content Management")."""

from collections.abc import Callable, Iterable

from kitserve_initializer.errors import InvalidModelKit
from kitserve_initializer.oci import manifest
from kitserve_initializer.registry.client import Repository

from kitserve.image import documents
from kitserve.image.publishing import listing
from kitserve.image.publishing.prune import Stale, stale
from kitserve.image.publishing.publish import Outcome
from kitserve.image.publishing.remote import DELETE, PULL, Call, Remote, connect
from kitserve.image.publishing.tags import named
from kitserve.image.source import Source, failures

_DONE = (200, 202, 204, 404)


def prune(source: Source, made: Outcome, tell: Callable[[Stale], None], *, check: bool) -> list[Stale]:
    """Remove the images in a ModelKit's repository that nothing leads to, and `tell` of each when it is gone.

    With `check` all stay. The one that was `made` stays anyway.

    Raises:
        RegistryUnavailable: if the registry doesn't list them, or doesn't let us delete.
    """
    plain_http, repository = source.options.plain_http, source.found.repository
    with failures():
        reader = connect(source.found, source.transport, plain_http=plain_http, actions=PULL)
        found = stale(reader, repository, made.digest, made.replaced)
        writer = connect(source.found, source.transport, plain_http=plain_http, actions=DELETE)
        for image in found:
            if not check:
                _remove(image, writer, repository)
            tell(image)
    return found


def _remove(image: Stale, remote: Remote, repository: Repository) -> None:
    """Delete an index, its manifests, and its entry among the referrers; or only tags that it has no more."""
    if not image.whole:
        _delete(remote, image.tags)
        return
    _delete(remote, [image.digest])
    # Some registries keep a tag of what they don't have any more.
    _delete(remote, [tag for tag in image.tags if _names(remote, tag, image.digest)])
    _delete(remote, [child for child in sorted(image.children) if _is_of_an_image(repository, child)])
    if repository.referrers(image.source) is None:
        listing.remove(remote, image.source, image.digest)


def _is_of_an_image(repository: Repository, digest: str) -> bool:
    """Tell an image's manifest from a ModelKit's: whoever may push can list any manifest in an index."""
    found = repository.find(digest)
    try:
        read = manifest.read(manifest.parse(found.body)) if found else None
    except InvalidModelKit:
        return False
    return bool(read and read.config.media_type == documents.CONFIG)


def _delete(remote: Remote, versions: Iterable[str]) -> None:
    for version in versions:
        remote.ask(Call("DELETE", f"/manifests/{version}", f"the deletion of {version}", _DONE)).drain()


def _names(remote: Remote, tag: str, digest: str) -> bool:
    found = named(remote, tag)
    return bool(found and found.digest == digest)
