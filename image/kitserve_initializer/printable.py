"""Text from outside as it may be shown: in one line, with nothing in it that a terminal or a reader of logs obeys.

Registries, Kitfiles, annotations and other programs write what errors and the log repeat.
"""

from __future__ import annotations

import re

LIMIT = 16 * 1024
"""Characters of a line; a sentence that names twenty long paths has fewer."""

_LOGIN = re.compile(
    r"""(?:(?<=//)[^\s'"@/]{1,512}@|[^\s'"@:/]{1,256}:(?!//)[^\s'"]{0,512}@(?=[^\s'"@/]+/))(?!sha(?:256|384|512):)"""
)
"""`user:password@` behind a scheme's slashes, or in front of a host and a path; `:TAG@sha256:...` is none, nor is an @
in a URL's path, as in a workflow's name."""


def printable(text: str) -> str:
    """Return a text without line breaks, control characters and marks that turn its direction, and without logins.

    What isn't printable is written as Python writes it, `\\x1b`, a login as `***`; what is too long is cut.
    """
    if len(text) > LIMIT:
        text = f"{text[:LIMIT]}... ({len(text) - LIMIT} more characters)"
    if "@" in text:
        text = _LOGIN.sub("***@", text)
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
