"""Lists that come page by page (distribution-spec, "Listing Referrers"): a Link header names the following page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitserve_initializer.errors import RegistryError
from kitserve_initializer.http.url import origin, resolved

if TYPE_CHECKING:
    from kitserve_initializer.http.answer import Answer

PAGES = 8
"""Pages of one list that are fetched."""

_NEXT = re.compile(r'<([^<>]*)>[^,<>]*;\s*rel="?next"?', re.IGNORECASE)


def following(answer: Answer, url: str) -> str:
    """Return the URL of the page behind the one that `url` gave; empty behind the last one.

    Raises:
        RegistryError: if that isn't at the same registry, which alone may get its login.
    """
    match = _NEXT.search(answer.one("Link"))
    if not match:
        return ""
    try:
        found = resolved(url, match[1])
        is_there = origin(found) == origin(url)
    except ValueError:
        is_there = False
    if not is_there:
        raise RegistryError(f"{answer.hop.who} has a list that goes on at another host")
    return found
