"""Plain scalars that Helm reads differently from people, or from a reader of YAML 1.2.

No message repeats a number or a tag, which may be a password. Words and keys aren't secrets.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kitserve.helm import codes
from kitserve.helm.nodes import QUOTE, Node, ScalarNode
from kitserve.helm.scalars import Scalar, is_ignored, through_float64
from kitserve.problems import Code, shortened

_OCTAL = re.compile("0o?[0-7]{1,4}")


@dataclass(frozen=True)
class Pitfall:
    """A warning about one scalar."""

    code: Code
    message: str
    hint: str = QUOTE


_FILE_MODES = frozenset({"defaultMode", "mode"})
"""The keys of permissions of files, which everybody writes in base 8."""


def in_scalar(node: ScalarNode, value: Scalar, path: Sequence[str | int] = ()) -> Pitfall | None:
    """Return the warning about a scalar with this value at a path, or None."""
    if node.tag:
        return _in_tag(node.tag)
    if not node.plain or value is None or isinstance(value, str):
        return None
    if isinstance(value, bool):
        return _in_word(node.text, value)
    is_mode = bool(path) and path[-1] in _FILE_MODES and _OCTAL.fullmatch(node.text)
    return None if is_mode else _in_number(node.text, value)


def _in_number(text: str, value: float) -> Pitfall | None:
    if message := _notation(text.lower().lstrip("+-")):
        return Pitfall(codes.NOTATION, message, f"{QUOTE}, or as a decimal number")
    if isinstance(value, int) and through_float64(value) != value:
        return Pitfall(
            codes.DIGITS, "the last digits of this integer are lost: Helm stores numbers as float64"
        )
    return None


def in_key(node: Node, key: str) -> Pitfall | None:
    """Return the warning about a key that Helm reads as the text `key`, or None."""
    if not isinstance(node, ScalarNode) or node.text == key or node.tag:
        return None
    code = codes.WORD if key in ("true", "false") else codes.NOTATION
    text = shortened(node.text)
    return Pitfall(
        code, f"the key `{text}` is read as `{shortened(key)}`", f'write it as "{text}", in quotes'
    )


def _in_tag(tag: str) -> Pitfall | None:
    if not is_ignored(tag):
        return None
    return Pitfall(codes.IGNORED_TAG, "Helm reads the first word as a YAML tag and ignores it")


def _in_word(text: str, value: bool) -> Pitfall | None:
    meaning = "true" if value else "false"
    if text.lower() == meaning:
        return None
    return Pitfall(
        codes.WORD, f"`{text}` is read as {meaning}", f'write {meaning}, or "{text}" if it is text'
    )


def _notation(digits: str) -> str:
    if "_" in digits:
        return "this is read as a number without its underscores"
    if digits.startswith(("0o", "0b")):
        return f"this is read as a number in base {8 if digits[1] == 'o' else 2}"
    if digits[0] == "0" and digits[1:].isdecimal():
        octal = set(digits) <= set("01234567")
        return (
            "the leading 0 makes this a number in base 8"
            if octal
            else "the leading 0 of this number is dropped"
        )
    return ""
