"""Words for types and for what is known."""

from kitserve.problems import nearest


def known_here(key: str, known: list[str]) -> str:
    """A hint for an unknown key: the nearest of those known, or all of few."""
    lower = {name.lower(): name for name in known}
    if close := nearest(key.lower(), list(lower)):
        return f"did you mean {lower[close]}?"
    return f"known here: {', '.join(known)}" if len(known) <= 12 else ""


def kind_of(value: object) -> str:
    """What a value is, in words."""
    kinds = {type(None): "null", bool: "true or false", str: "text", list: "a list", dict: "a map"}
    return kinds.get(type(value), "a number")
