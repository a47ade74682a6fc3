"""References: kit://REGISTRY/REPOSITORY[:TAG|@DIGEST], with `kit`'s own grammar behind the scheme.

KitOps has no implicit registry: the part before the first slash is one only if it has a dot or a colon. Anything
else would name a ModelKit in a local store, which a pod doesn't have, and is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import IPv6Address

from kitserve_initializer import login
from kitserve_initializer.errors import InvalidReference
from kitserve_initializer.login import SCHEME

_LOGIN_HINT = "give credentials by KIT_USER and KIT_PASSWORD, or by a docker config: references can be read"

DEFAULT_TAG = "latest"

_LAST_PORT = 65535
_HOST = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|[A-Za-z0-9][A-Za-z0-9._-]*)(?::(?P<port>[0-9]{1,5}))?")
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_QUERY = re.compile(r"([?#]).+", re.DOTALL)
_PLACEHOLDER = re.compile(r"<[^<>]+>|\$?\{[^{}]+\}|\AREGISTRY(?=/)|(?<=/)REPOSITORY\b")
"""What pages write where a reader's own words belong, the hint of InvalidReference too."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}")


@dataclass(frozen=True)
class Reference:
    """A ModelKit in a registry; `tag` is empty when a digest was given."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def version(self) -> str:
        """The last part of a manifest's URL: the digest or the tag."""
        return self.digest or self.tag

    def pinned(self, digest: str) -> Reference:
        """Return the same ModelKit by its digest."""
        return replace(self, tag="", digest=digest)

    def __str__(self) -> str:
        separator = "@" if self.digest else ":"
        return f"{SCHEME}{self.registry}/{self.repository}{separator}{self.version}"


def parse(source: str) -> Reference:
    """Parse a source as KServe passes it; `kit://` may be missing, as KitOps' own initializer allows.

    Raises:
        InvalidReference: for another scheme, no registry, or anything the grammar doesn't know.
    """
    text, told = source.removeprefix(SCHEME), repr(shown(source))
    if "://" in text:
        raise InvalidReference(f"{told} isn't a kit:// reference")
    if _PLACEHOLDER.search(text):
        raise InvalidReference(f"{told} has a placeholder in it", "write what it stands for")
    if "," in text:
        raise InvalidReference(f"{told} names several tags, and only one can be unpacked")
    registry, slash, rest = text.partition("/")
    if not slash or not ("." in registry or ":" in registry):
        raise InvalidReference(f"{told} names no registry", _registry_hint(shown(text)))
    has_login = login.without(source) != source
    if not _is_host(registry):
        hint = _LOGIN_HINT if has_login else ""
        raise InvalidReference(f"what stands first in {told} isn't a registry's host[:port]", hint)
    if has_login:
        raise InvalidReference(f"what follows @ in {told} isn't a digest", _LOGIN_HINT)
    return _checked(told, _located(registry, rest), by_digest="@" in rest)


def shown(text: str) -> str:
    """Return what was meant as a reference as an error may repeat it: without a login and without a query."""
    return _QUERY.sub(r"\1***", login.without(text))


def is_digest(text: str) -> bool:
    """Return whether `text` is a digest of an algorithm that ModelKits use."""
    return bool(_DIGEST.fullmatch(text))


def _is_host(registry: str) -> bool:
    match = _HOST.fullmatch(registry)
    if not match or int(match["port"] or 0) > _LAST_PORT:
        return False
    try:
        return not match["ipv6"] or bool(IPv6Address(match["ipv6"]))
    except ValueError:
        return False


def _located(registry: str, rest: str) -> Reference:
    if "@" in rest:
        name, _, digest = rest.partition("@")
        return Reference(registry, name.partition(":")[0], digest=digest)
    repository, _, tag = rest.partition(":")
    return Reference(registry, repository, tag=tag if ":" in rest else DEFAULT_TAG)


def _checked(told: str, reference: Reference, *, by_digest: bool) -> Reference:
    if reference.repository != reference.repository.lower():
        raise InvalidReference(f"the repository in {told} must be in lower case")
    if not _REPOSITORY.fullmatch(reference.repository):
        raise InvalidReference(f"what stands behind the registry in {told} isn't a repository's name")
    if by_digest:
        if not is_digest(reference.digest):
            raise InvalidReference(f"what stands last in {told} isn't a digest")
    elif not _TAG.fullmatch(reference.tag):
        raise InvalidReference(f"what stands last in {told} isn't a tag")
    return reference


def _registry_hint(text: str) -> str:
    return (
        f"a pod has no local store, and a host must have a dot or a port: write kit://registry.example.com/{text}"
        if text
        else InvalidReference.hint
    )
