"""The fallback tag: the list of a manifest's referrers in registries without the API for them (distribution-spec,
"Referrers Tag Schema"). Others write it too, so whatever stands there stays."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kitserve_initializer.errors import CorruptContent, InvalidModelKit, RegistryError
from kitserve_initializer.oci import manifest
from kitserve_initializer.oci.digest import check, digest_of, fallback_tag
from kitserve_initializer.oci.reference import is_digest
from kitserve_initializer.registry.client import INDEX, MANIFEST

from kitserve.image.publishing.remote import Call, Remote

Entry = dict[str, Any]
Change = Callable[[list[Any]], list[Any]]

_TRIES = 8
_LIMIT = 4 * 1024 * 1024
"""Bytes of a manifest that registries take."""

_CHANGED = 412


@dataclass(frozen=True)
class Listed:
    """The list as it is in the registry: its document, its digest, and the header ETag, empty without one."""

    document: dict[str, Any]
    digest: str
    etag: str = ""

    @property
    def entries(self) -> list[Any]:
        """The entries, whatever they are."""
        found = self.document.get("manifests")
        return found if isinstance(found, list) else []


def add(remote: Remote, subject: str, entry: Entry) -> str:
    """Add an image's descriptor to the list; return why it can't be done, or an empty text.

    Raises:
        RegistryFailure: if the registry doesn't hand the list over, or doesn't take it.
    """
    return _edit(remote, subject, lambda entries: _with(entries, entry))


def remove(remote: Remote, subject: str, digest: str) -> str:
    """Take a manifest out of the list, as `add`; a list without entries is deleted.

    Raises:
        RegistryFailure: as `add`.
    """
    return _edit(remote, subject, lambda entries: [each for each in entries if _digest(each) != digest])


def read(remote: Remote, subject: str) -> Listed | None:
    """Fetch the list; None if there is none.

    GitLab's registry takes the tag for the digest, and answers with the subject itself (oras-project/oras-go#1396).

    Raises:
        InvalidModelKit, CorruptContent: if something else is there.
        RegistryFailure: if the registry doesn't say.
    """
    tag = fallback_tag(subject)
    call = Call("GET", f"/manifests/{tag}", f"the tag {tag}", (200, 404), {"Accept": f"{INDEX}, {MANIFEST}"})
    with remote.ask(call) as answer:
        if answer.status == 404:
            return None
        body = answer.read()
        if is_digest(named := answer.one("Docker-Content-Digest")):
            check(body, named, f"the list {tag}")
    if digest_of(body) == subject:
        return None
    document = manifest.parse(body)
    if document.get("mediaType", INDEX) != INDEX or not isinstance(document.get("manifests"), list):
        raise InvalidModelKit(f"the tag {tag} holds no list of referrers")
    return Listed(document, digest_of(body), answer.one("ETag"))


def _edit(remote: Remote, subject: str, change: Change) -> str:
    """Change the list, and read it again until it is as it should be: somebody else may have written meanwhile."""
    failed = written = False
    before = ""
    for _ in range(_TRIES):
        try:
            found = read(remote, subject)
        except (InvalidModelKit, CorruptContent) as error:
            return str(error)
        wanted = change(found.entries if found else [])
        if wanted == (found.entries if found else []) or (written and not found):
            return ""
        body = _document(found, wanted)
        if len(body) > _LIMIT:
            return f"the list of referrers by the tag {fallback_tag(subject)} is full"
        digest = found.digest if found else ""
        written = _write(remote, subject, found, body if wanted else b"", again=failed and digest == before)
        failed, before = not written, digest
    raise RegistryError(
        f"{remote.name} doesn't keep the list of referrers by the tag {fallback_tag(subject)}"
    )


def _write(remote: Remote, subject: str, found: Listed | None, body: bytes, *, again: bool) -> bool:
    """Write a list, or delete an empty one; return whether nobody else was quicker.

    What failed for the same list before is tried `again` without a condition: what changes bodies on their way, such as
    a proxy that compresses, changes ETags too.
    """
    tag, what = fallback_tag(subject), f"the list {fallback_tag(subject)}"
    strong = found.etag if found and not again and not found.etag.startswith("W/") else ""
    headers = {"If-Match": strong} if strong else {}
    if body:
        headers["Content-Type"] = INDEX
        call = Call("PUT", f"/manifests/{tag}", what, (200, 201, 204, _CHANGED), headers, body)
    else:
        path = f"/manifests/{found.digest if found else tag}"
        call = Call("DELETE", path, what, (200, 202, 204, 404, _CHANGED), headers)
    answer = remote.ask(call)
    answer.drain()
    return answer.status != _CHANGED


def _document(found: Listed | None, entries: list[Any]) -> bytes:
    document = found.document if found else {"schemaVersion": 2, "mediaType": INDEX}
    return json.dumps({**document, "manifests": entries}, separators=(",", ":")).encode()


def _with(entries: list[Any], entry: Entry) -> list[Any]:
    return entries if any(_digest(each) == entry["digest"] for each in entries) else [*entries, entry]


def _digest(entry: object) -> object:
    return entry.get("digest") if isinstance(entry, dict) else None
