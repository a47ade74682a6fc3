"""Sets of the characters of URIs, as bits."""

import re

from kitserve.check.object_rules.go_regexp.tree import Kind, UnreadableError

_ALPHABET = "".join(map(chr, range(0x21, 0x7F)))
ANY = (1 << len(_ALPHABET)) - 1
_BIT = {char: 1 << number for number, char in enumerate(_ALPHABET)}
_NAMED = re.compile(r"\[:(\^?\w+):\]")
_OPERATOR, _ESCAPED = re.compile(r"(?<!\\)([\[&~|])"), r"\\\1"
_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "word": r"\w",
    "space": r"\s",
    "xdigit": "0-9a-fA-F",
}


def characters(kind: Kind, source: str, *, folds: bool) -> int:
    """Return the set of characters that a character or a class matches, as bits. Raises UnreadableError."""
    if kind is Kind.OTHER:
        return 0
    plain = re.escape(source) if kind is Kind.LITERAL and len(source) == 1 else _for_python(source)
    try:
        matches = re.compile(plain, re.IGNORECASE * folds)
    except re.error:
        raise UnreadableError("a class that isn't looked into") from None
    return sum(bit for char, bit in _BIT.items() if matches.fullmatch(char))


def _for_python(source: str) -> str:
    """Return a class of Go's as Python writes it. Raises UnreadableError for what it has no word for."""
    if not source.startswith("["):
        return source
    start = 2 if source.startswith("[^") else 1
    inner = _NAMED.sub(lambda named: _named(named[1]), source[start:-1])
    return f"{source[:start]}{_OPERATOR.sub(_ESCAPED, inner)}]"


def _named(name: str) -> str:
    if name not in _CLASSES:
        raise UnreadableError("a class that isn't looked into")
    return _CLASSES[name]
