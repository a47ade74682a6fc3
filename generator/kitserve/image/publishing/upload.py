"""Blobs and manifests into a repository (distribution-spec, "Push"): small ones uploaded, others mounted."""

from contextlib import suppress
from functools import partial
from urllib.parse import quote

from kitserve_initializer.errors import RegistryError, RegistryFailure
from kitserve_initializer.http.answer import Answer
from kitserve_initializer.http.retry import patiently
from kitserve_initializer.http.transport import Request
from kitserve_initializer.oci.digest import digest_of

from kitserve.image.publishing.location import Location, location
from kitserve.image.publishing.remote import Call, Remote, checked

_STARTED = (202,)
_TAKEN = (200, 201, 204)
"""The specification has 201 alone; containerd takes all of them."""

_UNMOUNTED = (202, 400, 404, 405)
"""What registries say that mount nothing: the first offers an upload."""

_NO_HEAD = (400, 405, 501)


def has(remote: Remote, digest: str) -> bool:
    """Return whether a repository has a blob. Storage that a registry redirects to may refuse HEAD, as ghcr.io's does
    (containerd/stargz-snapshotter#167), but the registry has sent us there.

    Raises:
        RegistryFailure: if the registry doesn't say.
    """
    return patiently(partial(_has, remote, digest), remote.host)


def blob(remote: Remote, data: bytes) -> None:
    """Upload a small blob, if it isn't there.

    Raises:
        RegistryFailure: if the registry doesn't take it.
    """
    patiently(partial(_blob, remote, data, digest_of(data)), remote.host)


def mount(remote: Remote, digest: str, source: str) -> bool:
    """Let a repository have a blob that another one of its registry has; return whether it does.

    Raises:
        RegistryFailure: if the registry doesn't say.
    """
    return has(remote, digest) or patiently(partial(_mount, remote, digest, source), remote.host)


def require_rights(remote: Remote) -> None:
    """Begin an upload, and leave it: whoever may not push hears of it before layers are read.

    Raises:
        RegistryFailure: if nothing may be pushed.
    """
    patiently(lambda: _cancel(remote, _begin(remote)), remote.host)


def manifest(remote: Remote, version: str, body: bytes, media_type: str) -> Answer:
    """Put a manifest under a tag or its digest, and return the answer, read.

    Raises:
        RegistryFailure: if the registry doesn't take it, or calls it otherwise.
    """
    call = Call(
        "PUT", f"/manifests/{version}", f"the manifest {version}", _TAKEN, {"Content-Type": media_type}, body
    )
    answer = remote.ask(call)
    answer.drain()
    _compare(answer, digest_of(body))
    return answer


def _has(remote: Remote, digest: str) -> bool:
    call = Call("HEAD", f"/blobs/{digest}", f"the blob {digest}", (200, 404, *_NO_HEAD))
    with remote.send(Request("HEAD", f"{remote.url}{call.path}", {})) as answer:
        if answer.redirected and answer.status != 404 and not answer.is_temporary:
            return True
        return checked(answer, call, remote).status == 200


def _blob(remote: Remote, data: bytes, digest: str) -> None:
    if _has(remote, digest):
        return
    where = _begin(remote)
    separator = "" if where.url.endswith(("?", "&")) else "&" if "?" in where.url else "?"
    url = f"{where.url}{separator}digest={quote(digest, '')}"
    request = Request("PUT", url, {"Content-Type": "application/octet-stream"}, data)
    answer = checked(_send(remote, request, where), Call("PUT", "", f"the blob {digest}", _TAKEN), remote)
    answer.drain()
    _compare(answer, digest)


def _begin(remote: Remote) -> Location:
    answer = remote.once(Call("POST", "/blobs/uploads/", "an upload", _STARTED))
    answer.drain()
    return location(answer, f"{remote.url}/blobs/uploads/")


def _mount(remote: Remote, digest: str, source: str) -> bool:
    path = f"/blobs/uploads/?mount={quote(digest, '')}&from={quote(source, '')}"
    answer = remote.once(Call("POST", path, f"the mount of {digest}", (201, *_UNMOUNTED)))
    answer.drain()
    if answer.status == 201:
        _compare(answer, digest)
        return True
    if answer.status == 202:
        _cancel(remote, location(answer, f"{remote.url}/blobs/uploads/"))
    return False


def _cancel(remote: Remote, where: Location) -> None:
    """Leave an upload; one that the registry keeps costs nothing, and expires."""
    with suppress(RegistryFailure):
        _send(remote, Request("DELETE", where.url, {}), where).drain()


def _send(remote: Remote, request: Request, where: Location) -> Answer:
    """Send to where an upload goes; the login is for the registry alone."""
    if where.is_registry:
        return remote.send(request)
    return remote.transport.follow(request, barred=where.barred)


def _compare(answer: Answer, digest: str) -> None:
    """Compare the digest that an answer names, if it does.

    Raises:
        RegistryError: if it is another one.
    """
    named = answer.one("Docker-Content-Digest")
    if named.partition(":")[0] == digest.partition(":")[0] and named != digest:
        raise RegistryError(
            f"{answer.host} calls {digest} {named[:100]}", "something changes what is pushed on its way"
        )
