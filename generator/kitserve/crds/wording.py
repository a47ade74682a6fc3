"""Words for types, and for known keys."""

import difflib


def known_here(key: str, known: list[str]) -> str:
    """Return a hint for an unknown key: the nearest known one, or all if they are few."""
    lower = {name.lower(): name for name in known}
    if close := difflib.get_close_matches(key.lower(), lower, n=1):
        return f"did you mean {lower[close[0]]}?"
    return f"known here: {', '.join(known)}" if len(known) <= 12 else ""


def kind_of(value: object) -> str:
    """Return the words for a value's type."""
    kinds = {type(None): "null", bool: "true or false", str: "text", list: "a list", dict: "a map"}
    return kinds.get(type(value), "a number")
