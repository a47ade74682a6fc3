"""Words for types, and for known keys."""

from kitserve.problems import nearest

NO_QUANTITY = "isn't a quantity"


def known_here(key: str, known: list[str]) -> str:
    """Return a hint for an unknown key: the nearest known one, or all if they are few."""
    lower = {name.lower(): name for name in known}
    if close := nearest(key.lower(), list(lower)):
        return f"did you mean {lower[close]}?"
    return f"known here: {', '.join(known)}" if len(known) <= 12 else ""


def kind_of(value: object) -> str:
    """Return the words for a value's type."""
    kinds = {type(None): "null", bool: "true or false", str: "text", list: "a list", dict: "a map"}
    return kinds.get(type(value), "a number")
