"""URLs as Go reads them (net/url, Parse)."""

import re

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPES = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*\Z", re.DOTALL)
# An escape in a host stands for a byte that isn't ASCII, or begins a zone.
_HOST = re.compile(r"(?:[A-Za-z0-9!$&'()*+,;=:\[\]<>\"._~-]|[^\x00-\x7f]|%25|%[89A-Fa-f][0-9A-Fa-f])*\Z")
_USER = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*\Z")
_PORT = re.compile(r"(?::[0-9]*)?\Z")


def is_url(text: str) -> bool:
    """Return whether Go reads a text as a URL; an empty one is."""
    before, _, fragment = text.partition("#")
    if re.search(r"[\x00-\x1f\x7f]", before) or not _ESCAPES.match(fragment) or before.startswith(":"):
        return False
    scheme = _SCHEME.match(before)
    rest = (before[scheme.end() :] if scheme else before).partition("?")[0]
    if not rest.startswith("/"):
        return bool(scheme) or (":" not in rest.partition("/")[0] and _ESCAPES.match(rest) is not None)
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        return _is_authority(authority) and _ESCAPES.match(slash + path) is not None
    return _ESCAPES.match(rest) is not None


def _is_authority(text: str) -> bool:
    user, at, host = text.rpartition("@")
    if at and not (_USER.match(user) and _ESCAPES.match(user)):
        return False
    if host.startswith("["):
        inner, closed, port = host.rpartition("]")
        return bool(closed) and _PORT.match(port) is not None and _HOST.match(inner) is not None
    _, colon, port = host.rpartition(":")
    return (not colon or _PORT.match(f":{port}") is not None) and _HOST.match(host) is not None
