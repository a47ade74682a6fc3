"""Paths at an API server, and the lists that are read from them page by page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Data = dict[str, Any]

_PAGE = 250
"""Objects of a page at most."""
_PAGES = 40
"""Pages of a list at most: an API server may always name another one."""
_SEGMENT = re.compile(r"[-._~:A-Za-z0-9]{1,253}\Z")


class TooLong(Exception):  # noqa: N818 - says what a list is
    """A list has more pages than are read; the message says how many objects."""


def is_segment(name: object) -> bool:
    """Return whether a name can be a part of a path as it is.

    Servers, proxies and clients differ on what they decode in a path, so that only what needs no code is sent.
    """
    return isinstance(name, str) and bool(_SEGMENT.match(name)) and name not in {".", ".."}


def root(version: str) -> str:
    """Return the path of an API version, such as `v1` or `apps/v1`."""
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def pages(ask: Callable[..., Data], **options: str | None) -> Iterator[list[Data]]:
    """Yield the objects of each page of a list; `ask` gets it, with the options of the API.

    Raises:
        TooLong: after the last page that is read.
    """
    token: str | None = None
    for _ in range(_PAGES):
        page = ask(limit=_PAGE, _continue=token, **options)
        yield maps(page.get("items"))
        metadata = page.get("metadata")
        token = str(metadata.get("continue") or "") if isinstance(metadata, dict) else ""
        if not token:
            return
    raise TooLong(f"more than {_PAGE * _PAGES}")


def maps(found: object) -> list[Data]:
    """Return the maps in a list; none of what is no list."""
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
