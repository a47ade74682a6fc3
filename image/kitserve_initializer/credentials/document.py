"""JSON of users and helpers, read as leniently as Docker's Go does, and never shown."""

from __future__ import annotations

import json
from typing import Any

from kitserve_initializer.errors import CredentialSourceFailed

_BLANK = "\ufeff \t\r\n"
"""What may stand around a document: white space, and the mark that editors on Windows begin a file with."""


def parse(text: str, origin: str) -> dict[str, Any]:
    """Parse a JSON object; an empty text and null are an empty one, and what follows it counts for nothing.

    Raises:
        CredentialSourceFailed: if there is no object.
    """
    bare = text.lstrip(_BLANK)
    try:
        document = json.JSONDecoder().raw_decode(bare)[0] if bare else {}
    except (ValueError, RecursionError):
        document = ""
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise CredentialSourceFailed(f"{origin} holds no JSON object")
    return document


def decoded(raw: bytes) -> str:
    """Return a file's text: UTF-8, or what its first bytes say, as Windows' PowerShell writes files."""
    return raw.decode(json.detect_encoding(raw), "replace")


def well_formed(text: str) -> str:
    """Return a text as Go reads it: halves of a character, which JSON can hold by escapes, are replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def folded(document: dict[str, Any]) -> dict[str, Any]:
    """Return an object by the lower case of its names: Go doesn't tell `identityToken` from `identitytoken`."""
    return {name.lower(): value for name, value in document.items()}
