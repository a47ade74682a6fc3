"""URLs that a registry names: resolved, and cleaned of what two readers could read differently.

urllib.parse and urllib3 part where an authority holds a backslash, a percent sign or a control character. What is left
here has a host of letters, digits, dots, dashes and underscores, or an address in brackets, so both find the same one.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

_AUTHORITY = re.compile(
    r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+(?:%25[A-Za-z0-9._-]+)?\])(?::(?P<port>[0-9]{0,5}))?"
)
PORTS = {"http": 80, "https": 443}
"""Each scheme's own port."""

_LAST_PORT = 65535
_AS_IT_IS = "".join(map(chr, range(0x21, 0x7F))).replace("\\", "")


class Origin(NamedTuple):
    """Who answers for a URL (RFC 6454): `host` in lower case, `port` the scheme's own if none is written."""

    scheme: str
    host: str
    port: int

    @property
    def label(self) -> str:
        """The host with its port, unless that is the scheme's own."""
        return self.host if self.port == PORTS[self.scheme] else f"{self.host}:{self.port}"


def origin(url: str) -> Origin:
    """Return the origin of an http or https URL.

    Raises:
        ValueError: if it is none.
    """
    parts = urlsplit(url)
    match = _AUTHORITY.fullmatch(parts.netloc.rpartition("@")[2])
    port = int((match and match["port"]) or PORTS.get(parts.scheme, 0))
    if not match or parts.scheme not in PORTS or not 0 < port <= _LAST_PORT:
        raise ValueError("no URL of http or https")
    return Origin(parts.scheme, match["host"].lower(), port)


def clean(url: str) -> str:
    """Return an absolute URL without user, password and fragment, and without what no URL may hold.

    Raises:
        ValueError: if it isn't one of http or https.
    """
    parts = urlsplit(_escaped(url))
    origin(parts.geturl())
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()


def resolved(url: str, location: str) -> str:
    """Return where a redirect from `url` leads to, cleaned.

    Raises:
        ValueError: if that is no URL of http or https.
    """
    target = _escaped(location)
    # With a scheme and no host (`https:/x`) it is a path to some readers, and a host to others.
    return clean(target if urlsplit(target).scheme else urljoin(url, target))


def _escaped(text: str) -> str:
    """Percent-encode what isn't printable ASCII, and backslashes. Headers come as the latin-1 of their bytes."""
    try:
        raw = text.strip(" \t").encode("latin-1")
    except UnicodeEncodeError:
        raw = text.strip(" \t").encode()
    return quote(raw, safe=_AS_IT_IS)
