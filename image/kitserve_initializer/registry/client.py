"""A pull-only client of an OCI registry (distribution-spec: pulling manifests and blobs)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from kitserve_initializer.errors import (
    CorruptContent,
    InvalidModelKit,
    RegistryError,
    RegistryFailure,
    RegistryUnreachable,
)
from kitserve_initializer.http.retry import Patience, patiently
from kitserve_initializer.http.url import origin
from kitserve_initializer.log.amounts import apart, size
from kitserve_initializer.oci.digest import check, digest_of, verified
from kitserve_initializer.oci.reference import is_digest
from kitserve_initializer.registry import content_range, pages
from kitserve_initializer.registry.access import Access
from kitserve_initializer.registry.range_fetch import fetch
from kitserve_initializer.registry.refusal import refusal
from kitserve_initializer.wire.pace import STALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from kitserve_initializer.http.answer import Answer
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.oci.digest import Descriptor
    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.registry.credential import Credential

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"

_ACCEPTED = {"Accept": f"{MANIFEST}, {INDEX}"}
_OF_IMAGES = tuple(f"application/vnd.docker.distribution.manifest.{kind}+json" for kind in ("v2", "list.v2"))
_UNKNOWN_REQUEST = (400, 404, 405, 406)
"""What a registry without referrers says to who asks for them."""

# As in every client: the name users write is not the host that speaks the protocol.
_ALIASES = {"docker.io": "registry-1.docker.io"}
_CONTENT_LIMIT = 8 * 1024 * 1024


@dataclass(frozen=True)
class FetchedManifest:
    """A manifest's bytes, the digest they have, and the media type they were sent with."""

    body: bytes
    digest: str
    media_type: str


def registry_url(reference: Reference, *, plain_http: bool) -> str:
    """Return the URL of the registry that holds a ModelKit, without a slash at its end."""
    host = _ALIASES.get(reference.registry, reference.registry)
    return f"{'http' if plain_http else 'https'}://{host}"


class Repository:
    """One repository of a registry; its methods may be called from several threads."""

    def __init__(
        self, reference: Reference, transport: Transport, credential: Credential, *, plain_http: bool
    ) -> None:
        base = registry_url(reference, plain_http=plain_http)
        self._base = f"{base}/v2/{reference.repository}"
        self._name = f"{reference.registry}/{reference.repository}"
        self._transport = transport
        self._host = transport.hosts.of(origin(base).label)
        self._access = Access(transport, base, reference.repository, credential)

    @property
    def is_awaited(self) -> bool:
        """Whether a host that is out of reach, or hasn't answered yet, is waited for."""
        return self._transport.hosts.are_awaited

    def manifest(self, version: str) -> FetchedManifest:
        """Fetch the manifest of a tag or digest.

        Raises:
            CorruptContent: if it isn't what the digest, or the registry's own header, says.
            RegistryFailure: if the registry doesn't hand it over.
        """
        return patiently(lambda: self._manifest(version), self._host)

    def find(self, version: str) -> FetchedManifest | None:
        """Fetch the manifest of a tag or digest; None if there is none.

        Raises:
            CorruptContent, RegistryFailure: as `manifest`.
        """
        return patiently(lambda: self._found(version), self._host)

    def digest(self, tag: str) -> str:
        """Return the digest of a tag's manifest, be it an artifact's or an image's, also of Docker's types.

        Raises:
            CorruptContent, RegistryFailure: as `manifest`.
        """
        headers = {"Accept": ", ".join((MANIFEST, INDEX, *_OF_IMAGES))}
        url = f"{self._base}/manifests/{tag}"
        return patiently(lambda: self._read(self._get(url, repr(tag), headers), tag).digest, self._host)

    def referrers(self, digest: str, artifact_type: str = "") -> list[bytes] | None:
        """Fetch the index of the artifacts that refer to a manifest, page by page; None if there is none.

        With a type, of those that are of it.

        Registries that don't have the request answer it with 404, or, as go-containerregistry met it, with 400, 406
        or something that is no index.

        Raises:
            CorruptContent, RegistryFailure: as `manifest`.
        """
        url = f"{self._base}/referrers/{digest}"
        url += f"?artifactType={quote(artifact_type, '')}" if artifact_type else ""
        what = f"the referrers of {digest}"
        bodies: list[bytes] = []
        while url:
            if len(bodies) == pages.PAGES:
                raise RegistryError(f"{self._name} lists {what} on more than {pages.PAGES} pages")
            page = patiently(partial(self._page, url, what), self._host)
            if page is None:
                return None
            body, url = page
            bodies.append(body)
        return bodies

    def _found(self, version: str) -> FetchedManifest | None:
        answer = self._access.get(f"{self._base}/manifests/{version}", _ACCEPTED)
        if answer.status == 404:
            answer.drain()
            return None
        return self._read(self._checked(answer, repr(version), _ACCEPTED), version)

    def _page(self, url: str, what: str) -> tuple[bytes, str] | None:
        """Fetch a page of a list, and return it with the URL of the next one; None if the registry has no such list."""
        answer = self._access.get(url, {"Accept": INDEX})
        is_index = answer.one("Content-Type").partition(";")[0].strip() == INDEX
        if answer.status in _UNKNOWN_REQUEST or (answer.status == 200 and not is_index):
            answer.drain()
            return None
        with self._checked(answer, what, {}):
            return answer.read(), pages.following(answer, url)

    def _manifest(self, version: str) -> FetchedManifest:
        return self._read(self._get(f"{self._base}/manifests/{version}", repr(version), _ACCEPTED), version)

    def _read(self, answer: Answer, version: str) -> FetchedManifest:
        with answer:
            body = answer.read()
            promised = version if ":" in version else answer.one("Docker-Content-Digest")
            media_type = next(iter(answer.headers.getlist("Content-Type")), "")
        if body.lstrip()[:1] == b"<":
            raise RegistryError(
                f"{answer.host} answers with a web page instead of the manifest {version!r} of {self._name}",
                "check the registry's name, and what may answer in its place, as a proxy's login page",
            )
        if promised and not is_digest(promised):
            raise RegistryError(
                f"{answer.host} names a digest that can't be checked for {version!r} of {self._name}"
            )
        if promised:
            check(body, promised, f"the manifest of {self._name}")
        return FetchedManifest(body, promised or digest_of(body), media_type)

    def content(self, descriptor: Descriptor, what: str) -> bytes:
        """Fetch a small blob whole, verified; `what` names it in errors.

        Raises:
            InvalidModelKit: if it isn't small.
            CorruptContent, RegistryFailure: as `blob`.
        """
        if descriptor.size > _CONTENT_LIMIT:
            has, most = apart(descriptor.size, _CONTENT_LIMIT)
            raise InvalidModelKit(f"{what} has {has}, and {most} are the most it may have")
        with self._host.awaited(self._host.label):
            return b"".join(self.blob(descriptor, what))

    def begin(self, descriptor: Descriptor, count: int, what: str) -> bytes:
        """Fetch the first `count` bytes of a blob, fewer if it has fewer. Nothing shows that they are right.

        Raises:
            RegistryFailure: as `manifest`.
        """
        return patiently(partial(self._begin, descriptor, count, what), self._host)

    def _begin(self, descriptor: Descriptor, count: int, what: str) -> bytes:
        headers = {"Range": f"bytes=0-{count - 1}"} if descriptor.size > count else {}
        found = b""
        with self._get(f"{self._base}/blobs/{descriptor.digest}", what, headers) as answer:
            for chunk in answer.chunks():
                found += chunk
                if len(found) >= count:
                    break
        return found[:count]

    def blob(self, descriptor: Descriptor, what: str, held: Iterable[bytes] = ()) -> Iterator[bytes]:
        """Stream a blob; its end is handed out only if every byte was right.

        `held` is its begin, no longer than the blob, which is verified like the rest and not asked for.

        Raises:
            CorruptContent: if size or digest differ.
            RegistryFailure: if the registry doesn't hand it over.
        """
        yield from verified(self._continued(held, descriptor, what), descriptor, what)

    def _continued(self, held: Iterable[bytes], descriptor: Descriptor, what: str) -> Iterator[bytes]:
        begin = 0
        for chunk in held:
            begin += len(chunk)
            yield chunk
        source = partial(self._resumed, descriptor, what)
        yield from fetch(source, descriptor.size, self._transport.slots, begin, self._transport.cores)

    def _resumed(
        self, descriptor: Descriptor, what: str, begin: int, end: int | None = None
    ) -> Generator[bytes, None, None]:
        """Stream a blob, or a range of it; a stream that breaks goes on where it broke, unless nothing is missing."""
        offset, last = begin, end or descriptor.size
        with Patience(self._host) as patience:
            while True:
                try:
                    for chunk in self._from(offset, end, descriptor, what):
                        offset += len(chunk)
                        patience.renew(len(chunk))
                        yield chunk
                except RegistryFailure as error:
                    if begin < offset == last:
                        return
                    patience.bear(error)
                else:
                    return

    def _from(self, offset: int, end: int | None, descriptor: Descriptor, what: str) -> Iterator[bytes]:
        """Stream a blob from `offset` on; without an `end`, also if the registry sends all of it.

        Some registries refuse a Range that they could ignore (anchore/stereoscope#695), and are asked for all of it.
        If that has no length and ends early, the refusal was right.
        """
        refused: RegistryError | CorruptContent | None = None
        try:
            answer, begins = self._part(offset, end, descriptor, what)
        except (RegistryError, CorruptContent) as error:
            if end or not offset or (isinstance(error, RegistryError) and error.temporary):
                raise
            (answer, begins), refused = self._part(0, None, descriptor, what), error
        with answer:
            due = (end or descriptor.size) - begins
            try:
                yield from _without(offset - begins, _exactly(due, answer, f"{what} {descriptor.digest}"))
            except RegistryUnreachable:
                if refused and not answer.one("Content-Length"):
                    raise refused from None
                raise

    def _part(self, offset: int, end: int | None, descriptor: Descriptor, what: str) -> tuple[Answer, int]:
        """Return an answer whose body is a blob from an offset on, and that offset: 0 or what was asked for."""
        name, last = f"{what} {descriptor.digest}", end or descriptor.size
        headers = {"Range": f"bytes={offset}-{end - 1 if end else ''}"} if offset or end else {}
        # Who asks for a range in the middle has another connection whose answer has begun: the registry has the blob.
        first_byte = STALL_SECONDS if end else 0
        answer = self._get(f"{self._base}/blobs/{descriptor.digest}", name, headers, first_byte)
        try:
            begins = content_range.begin(answer, offset, last - offset, name, may_be_whole=not end)
            is_part = begins > 0 or answer.status == 206
            content_range.check_length(answer, last - begins, name, is_part=is_part)
        except (RegistryError, CorruptContent):
            with answer:
                raise
        return answer, begins

    def _get(self, url: str, what: str, headers: dict[str, str], first_byte: float = 0) -> Answer:
        return self._checked(self._access.get(url, headers, first_byte), what, headers)

    def _checked(self, answer: Answer, what: str, headers: dict[str, str]) -> Answer:
        """Return an answer that has what was asked for; `what` names it in errors."""
        if answer.status != 200 and not (answer.status == 206 and "Range" in headers):
            with answer:
                raise refusal(answer, what, self._name, self._access)
        return answer


def _exactly(due: int, answer: Answer, name: str) -> Iterator[bytes]:
    """Yield a body; without Content-Length nothing else tells whether it is whole."""
    left = due
    for chunk in answer.chunks():
        left -= len(chunk)
        if left < 0:
            raise CorruptContent(f"{name} has more than {size(due)} in the registry")
        yield chunk
    if left:
        raise RegistryUnreachable(f"the connection to {answer.host} failed: it ended early", temporary=True)


def _without(count: int, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out the first `count` bytes."""
    for chunk in chunks:
        if len(chunk) > count:
            yield chunk[count:] if count else chunk
        count = max(0, count - len(chunk))
