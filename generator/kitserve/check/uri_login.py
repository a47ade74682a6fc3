"""Logins in a model's URI, which whoever may read the object, its pods or a log would read."""

import re

# An `@` stands in a reference of a ModelKit only before a digest; elsewhere a colon makes it the end of a login.
_DIGEST = re.compile(r"(?i:kit)://[^@/]+/[^@]*@sha(?:256|384|512):[0-9a-f]+\Z")
_KIT = re.compile(r"kit://[^@]*@", re.IGNORECASE)
_OTHER = re.compile(r"[a-z][-+.a-z0-9]*://[^/@:]*:[^/@]*@", re.IGNORECASE)

MESSAGE = "this may hold a login, which everybody would read"
HINT = "keep user and password in a Secret; in a reference an @ is followed by a digest"


def has_login(uri: str) -> bool:
    """Whether a URI may hold a login. The chart's `kitserve.hasLogin` judges alike."""
    return bool((_KIT.match(uri) and not _DIGEST.match(uri)) or _OTHER.match(uri))
