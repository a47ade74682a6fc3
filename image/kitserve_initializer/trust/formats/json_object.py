"""JSON of a registry's signatures, read as objects in objects."""

from __future__ import annotations

import json
from typing import Any

from kitserve_initializer.trust.formats.signature import MalformedError

Members = dict[str, Any]


def load(body: bytes, what: str) -> Members:
    """Decode an object.

    Raises:
        MalformedError: if it is none.
    """
    try:
        found = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"{what} isn't JSON") from error
    if not isinstance(found, dict):
        raise MalformedError(f"{what} isn't a JSON object")
    return found


def member(document: Members, *names: str) -> Members:
    """Return the object at the end of a way of members; what isn't there is empty."""
    for name in names:
        found = document.get(name)
        document = found if isinstance(found, dict) else {}
    return document


def text(document: Members, name: str) -> str:
    """Return a member that is a text; empty if it isn't."""
    found = document.get(name)
    return found if isinstance(found, str) else ""


def objects(document: Members, name: str) -> list[Members]:
    """Return the objects of a member that is a list; none if it isn't."""
    found = document.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
