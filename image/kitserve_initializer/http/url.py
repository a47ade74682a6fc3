"""URLs that a registry names: resolved (RFC 3986, 5.2), rid of what two readers read differently, else as written.

A signature may cover every byte (aio-libs/aiohttp#4307), so what stands in a path or a query stays as it is: `%7e`,
`+`, `//`, an empty query. Readers part where an authority holds a backslash, a percent sign or a control character.
What is left here has a host of letters, digits, dots, dashes and underscores, or an address in brackets, so all readers
find the same one.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

_REFERENCE = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?://(?P<authority>[^/?#]*))?(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?:#.*)?",
    re.DOTALL,
)
_AUTHORITY = re.compile(
    r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+(?:%25[A-Za-z0-9._-]+)?\])(?::(?P<port>[0-9]{0,5}))?"
)
_ZONE = re.compile(r"%25[^\]]*")
PORTS = {"http": 80, "https": 443}
"""Each scheme's own port."""

_LAST_PORT = 65535
_IN_A_QUERY = "".join(map(chr, range(0x21, 0x7F)))
_ELSEWHERE = _IN_A_QUERY.replace("\\", "")


class Origin(NamedTuple):
    """Who answers for a URL (RFC 6454): `host` in lower case, `port` the scheme's own if none is written."""

    scheme: str
    host: str
    port: int

    @property
    def label(self) -> str:
        """The host with its port, unless that is the scheme's own."""
        return self.host if self.port == PORTS[self.scheme] else f"{self.host}:{self.port}"


class _Parts(NamedTuple):
    """A reference's parts without its fragment; `authority` is None if there is none, `query` has its question mark."""

    scheme: str
    authority: str | None
    path: str
    query: str


def origin(url: str) -> Origin:
    """Return the origin of an http or https URL.

    Raises:
        ValueError: if it is none.
    """
    parts = _parts(url)
    match = _AUTHORITY.fullmatch(_host(parts))
    port = int((match and match["port"]) or PORTS.get(parts.scheme, 0))
    if not match or parts.scheme not in PORTS or not 0 < port <= _LAST_PORT:
        raise ValueError("no URL of http or https")
    return Origin(parts.scheme, match["host"].lower(), port)


def clean(url: str) -> str:
    """Return an absolute URL without user, password and fragment, and without what no URL may hold.

    Raises:
        ValueError: if it isn't one of http or https.
    """
    parts = _parts(url)
    origin(url)
    return f"{parts.scheme}://{_host(parts)}{parts.path}{parts.query}"


def resolved(url: str, location: str) -> str:
    """Return where a redirect from `url` leads to, cleaned. Only a relative path loses its segments `.` and `..`.

    Raises:
        ValueError: if that is no URL of http or https.
    """
    here, there = _parts(url), _parts(location)
    # With a scheme and no host (`https:/x`) it is a path to some readers, and a host to others.
    if there.scheme or there.authority is not None:
        return clean(f"{there.scheme or here.scheme}://{_authority(there)}{there.path}{there.query}")
    path, query = _without_dots(_merged(here.path, there.path)), there.query
    if not there.path:
        path, query = here.path, there.query or here.query
    return clean(f"{here.scheme}://{_host(here)}{path}{query}")


def authority(url: str) -> str:
    """Return what the Host header says of a cleaned URL: the host as written, its port, and no zone."""
    return _ZONE.sub("", _host(_parts(url))).removesuffix(":")


def target(url: str) -> str:
    """Return what stands in the first line of a request for a cleaned URL (RFC 9112, 3.2.1)."""
    parts = _parts(url)
    return f"{parts.path or '/'}{parts.query}"


def _parts(text: str) -> _Parts:
    """Parse a reference. Headers come as the latin-1 of their bytes."""
    found = _REFERENCE.fullmatch(text.strip(" \t"))
    if not found:
        raise ValueError("no URL")
    scheme, whose, path, query = found.group("scheme", "authority", "path", "query")
    return _Parts(
        (scheme or "").lower(),
        None if whose is None else _escaped(whose, _ELSEWHERE),
        _escaped(path, _ELSEWHERE),
        _escaped(query or "", _IN_A_QUERY),
    )


def _authority(parts: _Parts) -> str:
    if parts.authority is None:
        raise ValueError("no URL with a host")
    return parts.authority


def _host(parts: _Parts) -> str:
    """Return host and port."""
    return (parts.authority or "").rpartition("@")[2]


def _merged(base: str, path: str) -> str:
    """Return a relative path behind the folder of `base` (RFC 3986, 5.2.3)."""
    return path if path.startswith("/") else f"{base.rpartition('/')[0]}/{path}"


def _without_dots(path: str) -> str:
    """Return a path without its segments `.` and `..` (RFC 3986, 5.2.4)."""
    segments = path.split("/")[1:]
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join([*kept, ""] if segments[-1] in (".", "..") else kept)


def _escaped(text: str, kept: str) -> str:
    """Percent-encode what isn't in `kept`, which holds no other than printable ASCII; what is encoded stays."""
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        raw = text.encode()
    return quote(raw, safe=kept)
