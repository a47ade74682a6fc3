"""WWW-Authenticate: what a registry asks for (RFC 9110, 11.6.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.http.answer import Answer

_PARTS = re.compile(
    r"""(?<![\w-])(?P<key>[\w-]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^\s,]+))|(?P<scheme>[A-Za-z][\w-]*)"""
)
_KNOWN = frozenset({"basic", "bearer"})

Challenges = dict[str, dict[str, str]]
"""Scheme in lower case -> its parameters."""


def parse_challenges(headers: Sequence[str]) -> Challenges:
    """Parse WWW-Authenticate headers, several challenges in one included; the first of a scheme counts."""
    challenges: Challenges = {}
    for header in headers:
        parameters: dict[str, str] = {}
        for part in _PARTS.finditer(header):
            if part["scheme"]:
                parameters = {}
                challenges.setdefault(part["scheme"].lower(), parameters)
            else:
                quoted = part["quoted"]
                value = part["token"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
                parameters[part["key"].lower()] = value
    return challenges


def challenges(answer: Answer) -> Challenges:
    """Return what an answer asks for."""
    return parse_challenges(answer.headers.getlist("WWW-Authenticate"))


def asks(answer: Answer) -> bool:
    """Return whether an answer asks for a login that can be given: Basic or Bearer."""
    return not _KNOWN.isdisjoint(challenges(answer))
