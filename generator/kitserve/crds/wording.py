"""Words for types, and for known keys."""

from collections.abc import Sequence

from kitserve.problems import intended, nearest

_MOST = 12
"""Known names that a hint lists."""
_VERY_NEAR = 0.8
NO_QUANTITY = "isn't a quantity"


def known_here(key: str, known: list[str], held: Sequence[str] = ()) -> str:
    """Return a hint for an unknown key: the nearest known one, or all if they are few; `held` are there already."""
    if close := intended(key, known, held):
        return f"did you mean {close}?"
    if close := nearest(key, held, _VERY_NEAR):
        return f"did you mean {close}? it has a value already"
    return f"known here: {', '.join(known)}" if len(known) <= _MOST else ""


def choice_here(word: object, allowed: Sequence[str]) -> str:
    """Return a hint for a word that is no choice: the one that it is like, or begins; empty if none is."""
    if not isinstance(word, str | int) or not word:
        return ""
    begun = [choice for choice in allowed if choice.lower().startswith(str(word).lower())]
    close = nearest(str(word), allowed, cutoff=0.5) or (begun[0] if len(begun) == 1 else "")
    return f"did you mean {close}?" if close else ""


def kind_of(value: object) -> str:
    """Return the words for a value's type."""
    kinds = {type(None): "null", bool: "true or false", str: "text", list: "a list", dict: "a map"}
    return kinds.get(type(value), "a number")
