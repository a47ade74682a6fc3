"""A ModelKit's image in the ModelKit's repository: made unless it is there, or only looked at."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from kitserve_initializer.errors import RegistryError
from kitserve_initializer.oci.digest import digest_of
from kitserve_initializer.registry.client import INDEX, MANIFEST

from kitserve.errors import Refused
from kitserve.image import documents
from kitserve.image.build import make, mounts
from kitserve.image.differences import Refusal
from kitserve.image.documents import Image
from kitserve.image.publishing import current, listing, upload
from kitserve.image.publishing.names import tag_of
from kitserve.image.publishing.remote import PULL, PUSH, Remote, connect
from kitserve.image.request import Request
from kitserve.image.source import Source, failures, resolve
from kitserve.registry.image_index import PREFIX
from kitserve.render.manifests.image_volume import NATIVE

Tell = Callable[[int, int], None]
"""Takes the bytes that are read, and all that there are to read."""

_UNMOUNTED = (
    "the registry doesn't mount {} of {} in {}, and no layer is uploaded",
    "let the login pull from both repositories, or copy the parent into one that this registry mounts from",
)


@dataclass(frozen=True)
class Order:
    """What image to make, under which tag (the function's if it is empty), and whether to look only."""

    request: Request
    tag: str = ""
    check: bool = False


@dataclass(frozen=True)
class Outcome:
    """An image that is there: `uri` is for a service, `source` its ModelKit's digest, `bytes` were pushed.

    `replaced` is the digest that the tag had before, and `warning` what failed beside it.
    """

    uri: str
    digest: str
    source: str
    result: Literal["made", "current"]
    bytes: int = 0
    replaced: str = ""
    warning: str = ""


class Unlike(Refused):
    """A pod would see another tree than the initializer gives; `refusal` has the differences."""

    def __init__(self, refusal: Refusal) -> None:
        first = refusal.differences[0]
        more = f", and there are {refusal.count - 1} more" if refusal.count > 1 else ""
        super().__init__(f"an image wouldn't give what the initializer gives: {first}{more}", first.remedy)
        self.refusal = refusal


def publish(order: Order, tell: Tell = lambda _done, _total: None) -> tuple[Outcome, Source]:
    """Make an image, or say that there is nothing to do.

    Raises:
        Refused: if the policy or what is in the way refuses it; with `check`, if it isn't there or isn't current.
        WrongSettings, ProblemsFound, RegistryUnavailable: as `resolve`.
    """
    tag = tag_of(order.request, order.tag)
    for text in order.request.platforms:
        documents.platform(text)
    source = resolve(order.request)
    remote = _remote(source, PULL)
    uri = f"{NATIVE}{remote.name}:{tag}"
    standing = current.look(source, order.request, tag, remote)
    if not standing.reason:
        return Outcome(uri, standing.digest, source.found.kit.digest, "current"), source
    if order.check:
        raise Refused(f"{uri} isn't current: {standing.reason}", f"kitserve image {source.found.reference}")
    made = _made(order.request, source, tag, tell)
    return replace(made, uri=uri, replaced=standing.digest if standing.digest != made.digest else ""), source


def _made(request: Request, source: Source, tag: str, tell: Tell) -> Outcome:
    sources = {each.reference.repository for each in source.parents} - {source.found.reference.repository}
    writer = _remote(source, PUSH, *sorted(sources))
    with failures():
        upload.require_rights(writer)
        _mount(source, writer)
    image = make(source, request, tell)
    if isinstance(image, Refusal):
        raise Unlike(image)
    with failures():
        _push(image, writer)
        current.require_free(source, tag)
        warning = _name(image, tag, source, writer)
    pushed = sum(map(len, (*image.blobs, *image.manifests, image.index)))
    return Outcome("", image.digest, source.found.kit.digest, "made", pushed, warning=warning)


def _remote(source: Source, actions: str, *sources: str) -> Remote:
    plain = source.options.plain_http
    return connect(source.found, source.transport, plain_http=plain, actions=actions, sources=sources)


def _mount(source: Source, writer: Remote) -> None:
    """Let the repository have its parents' layers."""
    home = source.found.reference
    for each in mounts(source, source.pieces):
        other = each.holder.reference
        if other.registry != home.registry or other.repository == home.repository:
            continue
        digest = each.descriptor.digest
        if not upload.mount(writer, digest, other.repository):
            cause, hint = _UNMOUNTED
            raise RegistryError(cause.format(digest, other, writer.name), hint)


def _push(image: Image, writer: Remote) -> None:
    for blob in image.blobs:
        upload.blob(writer, blob)
    for body in image.manifests:
        upload.manifest(writer, digest_of(body), body, MANIFEST)


def _name(image: Image, tag: str, source: Source, writer: Remote) -> str:
    """Put the index under its tag, and keep the list of referrers where the registry has none; return a warning."""
    answer = upload.manifest(writer, tag, image.index, INDEX)
    if answer.one("OCI-Subject") or source.found.repository.referrers(image.subject.digest) is not None:
        return ""
    told = {name: text for name, text in image.annotations.items() if name.startswith(PREFIX)}
    entry = {"mediaType": INDEX, "digest": image.digest, "size": len(image.index), "annotations": told}
    problem = listing.add(writer, image.subject.digest, entry)
    return f"{source.found.reference} doesn't list its image: {problem}" if problem else ""
