"""Keys of a docker config, and which of them are for a repository.

Docker and oras look for hosts. kubelet, and docker/cli's main branch, know patterns such as `*.example.com` too. For
kubelet and podman a path narrows a key to the repositories below it.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitserve_initializer.oci.reference import Reference

_HUB = "docker.io"
_HUB_NAMES = (_HUB, "index.docker.io", "registry-1.docker.io")
_HUB_KEY = "https://index.docker.io/v1/"
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_BEHIND = re.compile(r"[?#].*", re.DOTALL)
_API = re.compile(r"v[12](?:/|$)")


class Key(NamedTuple):
    """A host in lower case, without its default port, and the path of a repository or of those above it."""

    host: str
    path: str


def names_of(host: str) -> tuple[str, ...]:
    """Return the names that a registry has: Docker Hub has more than one."""
    return _HUB_NAMES if host in _HUB_NAMES else (host,)


def server_names(host: str) -> tuple[str, ...]:
    """Return the names under which credential stores may know a registry, Docker's own first."""
    return (_HUB_KEY, *_HUB_NAMES) if host in _HUB_NAMES else (host, f"https://{host}")


def normal(key: str) -> str:
    """Return a key as the host, or host and path, that it stands for."""
    host, _, path = _BEHIND.sub("", _SCHEME.sub("", key, count=1)).partition("/")
    path = _API.sub("", path, count=1).strip("/")
    return f"{host}/{path}" if path else host


def matching(keys: Iterable[str], reference: Reference, port: int) -> list[str]:
    """Return the keys that are for a repository, the nearest first; `port` is the default one of its scheme.

    The order is kubelet's: a host before a pattern, a longer path before a shorter one. What Docker itself would write
    comes before other spellings of the same.
    """
    wanted = Key(_host(reference.registry, port), reference.repository)
    written = server_names(reference.registry)[0]
    found = [(_key(text, port), text == written, text) for text in keys]
    return [text for key, _, text in sorted(found, reverse=True) if _covers(key, wanted)]


def _key(text: str, port: int) -> Key:
    host, _, path = normal(text).partition("/")
    return Key(_host(host, port), path)


def _host(host: str, port: int) -> str:
    bare = host.lower().removesuffix(f":{port}")
    return _HUB if bare in _HUB_NAMES else bare


def _covers(key: Key, wanted: Key) -> bool:
    if key.path and not f"{wanted.path}/".startswith(f"{key.path}/"):
        return False
    return key.host == wanted.host or ("*" in key.host and _fits(key.host, wanted.host))


def _fits(pattern: str, host: str) -> bool:
    """Return whether a host fits a pattern: `*` stands for any part of a label, and the port for itself."""
    (labels, port), (other_labels, other_port) = (_split(pattern), _split(host))
    same = port == other_port and len(labels) == len(other_labels)
    return same and all(map(fnmatchcase, other_labels, labels))


def _split(host: str) -> tuple[list[str], str]:
    name, colon, port = host.rpartition(":")
    name, port = (name, port) if colon else (host, "")
    return re.sub(r"([\[?])", r"[\1]", name).split("."), port
