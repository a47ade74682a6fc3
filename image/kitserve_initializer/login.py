"""Logins in references and URIs, which everybody may read who reads the text: told, and left out of what is shown.

In a reference of a ModelKit an @ stands in front of a digest; anywhere else it ends a user, or a user and password.
"""

from __future__ import annotations

import re

SCHEME = "kit://"

_ANY_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# Percent-encoded, or of full width, an @ is none, and was meant as one.
_UP_TO_AT = re.compile(r".*(?:@|%40|\uff20|\ufe6b)", re.DOTALL)
_AT_DIGEST = re.compile(r"@(?:sha[0-9]+|md5):[^@/]*", re.DOTALL | re.IGNORECASE)
_USER_AND_PASSWORD = re.compile(r"[^/@:]*:[^/@]*@")
_IN_A_SENTENCE = re.compile(
    r"""(?:(?<=//)[^\s'"@/]{1,512}@|[^\s'"@:/]{1,256}:(?!//)[^\s'"]{0,512}@(?=[^\s'"@/]+/))(?!sha(?:256|384|512):)"""
)
"""`user:password@` behind a scheme's slashes, or in front of a host and a path; `:TAG@sha256:...` is none, nor is an @
in a URL's path, as in a workflow's name."""


def is_in_uri(uri: str) -> bool:
    """Return whether a model's URI may hold a login. The chart's `kitserve.hasLogin` judges alike.

    Other schemes than kit:// have an @ in paths, and names in front of it that are no users.
    """
    scheme, rest = _split(uri)
    if scheme.lower() in ("", SCHEME):
        return without(uri) != uri
    return bool(_USER_AND_PASSWORD.match(rest))


def is_in_path(text: str) -> bool:
    """Return whether a path was meant as a reference with a user, or a user and password, in it."""
    return without(text) != text and ("://" in text or ":" in text.partition("@")[0])


def without(reference: str) -> str:
    """Return what was meant as a reference without what stands before an @, which could be a user and password."""
    scheme, behind = _split(reference)
    rest, at, digest = behind.rpartition("@")
    is_path = "/" in rest or ":" not in rest
    if not (is_path and _AT_DIGEST.fullmatch(at + digest)):
        rest, at, digest = behind, "", ""
    login = _UP_TO_AT.match(rest)
    return scheme + (f"***@{rest[login.end() :]}" if login else rest) + at + digest


def left_out(sentence: str) -> str:
    """Return a sentence in which each login is written as `***`."""
    return _IN_A_SENTENCE.sub("***@", sentence) if "@" in sentence else sentence


def _split(uri: str) -> tuple[str, str]:
    match = _ANY_SCHEME.match(uri)
    scheme = match[0] if match else ""
    return scheme, uri[len(scheme) :]
