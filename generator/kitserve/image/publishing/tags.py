"""The tags of a repository (distribution-spec, "Listing Tags"), and what each of them names."""

import re
from functools import partial
from typing import NamedTuple

from kitserve_initializer.errors import InvalidModelKit, RegistryError
from kitserve_initializer.http.retry import patiently
from kitserve_initializer.http.transport import Request
from kitserve_initializer.oci import manifest
from kitserve_initializer.oci.reference import is_digest
from kitserve_initializer.registry import pages
from kitserve_initializer.registry.client import INDEX, MANIFEST

from kitserve.image.publishing.remote import Call, Remote, checked

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_PAGES = 64
_MOST = 5000
"""Tags of a repository that are looked at, each with a request."""

_ACCEPTED = {"Accept": f"{MANIFEST}, {INDEX}, application/vnd.docker.distribution.manifest.v2+json"}


class Named(NamedTuple):
    """What a tag names; `digest` is empty if the registry doesn't say."""

    digest: str
    media_type: str


def tags(remote: Remote) -> list[str]:
    """Return the tags of a repository.

    Raises:
        RegistryFailure: if the registry doesn't list them, or they are too many.
    """
    found: dict[str, None] = {}
    url = f"{remote.url}/tags/list?n=1000"
    for _ in range(_PAGES):
        listed, url = patiently(partial(_page, remote, url), remote.host)
        found |= dict.fromkeys(listed)
        if len(found) > _MOST:
            raise RegistryError(f"{remote.name} has more than {_MOST} tags")
        if not url:
            return [*found]
    raise RegistryError(f"{remote.name} lists its tags on more than {_PAGES} pages")


def named(remote: Remote, version: str) -> Named | None:
    """Return what a tag or a digest names, without its content; None if there is nothing.

    Raises:
        RegistryFailure: if the registry doesn't say.
    """
    call = Call("HEAD", f"/manifests/{version}", f"the manifest {version}", (200, 404), _ACCEPTED)
    with remote.ask(call) as answer:
        if answer.status == 404:
            return None
        digest = answer.one("Docker-Content-Digest")
        media_type = answer.one("Content-Type").partition(";")[0].strip()
    return Named(digest if is_digest(digest) else "", media_type)


def _page(remote: Remote, url: str) -> tuple[list[str], str]:
    call = Call("GET", "", "the list of tags")
    with checked(remote.send(Request("GET", url, {})), call, remote) as answer:
        body, following = answer.read(), pages.following(answer, url)
    try:
        listed = manifest.parse(body).get("tags") or []
    except InvalidModelKit:
        listed = None
    if not isinstance(listed, list):
        raise RegistryError(f"{answer.host} lists the tags of {remote.name} in a way that can't be read")
    return [each for each in listed if isinstance(each, str) and _TAG.fullmatch(each)], following
