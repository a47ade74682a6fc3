"""The codes in an error's body: the registry's (distribution-spec) and a token server's (RFC 6749, 5.2)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from kitserve_initializer.errors import RegistryFailure

if TYPE_CHECKING:
    from kitserve_initializer.http.answer import Answer

_CODE = re.compile(r"[A-Z][A-Z_]{1,40}")
_BODY = 64 * 1024
_MOST = 3
_OAUTH = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    }
)


def error_codes(answer: Answer) -> tuple[str, ...]:
    """Read an error's codes; its messages could repeat anything, a password included."""
    try:
        document = json.loads(answer.read()[:_BODY])
        if isinstance(document.get("error"), str):
            return (document["error"],) if document["error"] in _OAUTH else ()
        codes = (error["code"] for error in document["errors"])
        return tuple(code for code in codes if _CODE.fullmatch(code))[:_MOST]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, RegistryFailure):
        return ()


def told(status: int, codes: tuple[str, ...]) -> str:
    """Return status and codes as they stand in a sentence."""
    return ", ".join((str(status), *codes))
