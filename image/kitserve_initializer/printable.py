"""Text from outside as it may be shown: in one line, with nothing in it that a terminal or a reader of logs obeys.

Registries, Kitfiles, annotations and other programs write what errors and the log repeat.
"""

from __future__ import annotations

from kitserve_initializer.login import left_out

LIMIT = 16 * 1024
"""Characters of a line; a sentence that names twenty long paths has fewer."""


def printable(text: str) -> str:
    """Return a text without line breaks, control characters and marks that turn its direction, and without logins.

    What isn't printable is written as Python writes it, `\\x1b`, a login as `***`; what is too long is cut.
    """
    if len(text) > LIMIT:
        text = f"{text[:LIMIT]}... ({len(text) - LIMIT} more characters)"
    text = left_out(text)
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
