"""Quantities as Go reads them (k8s.io/apimachinery, pkg/api/resource, Quantity.UnmarshalJSON)."""

import re

_BLANKS = (
    " \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
"""White space that JSON holds as it is."""
_FORM = re.compile(r"([+-]?[0-9]*(?:\.[0-9]*)?)(?:[KMGTPE]i|[numkMGTPE]?|[eE][+-]?[0-9]+)\Z")


def number(text: str) -> str | None:
    """Return a quantity's number without its suffix; None if Go can't read the text. It reads no digits as 0."""
    found = _FORM.match(text.strip(_BLANKS))
    return found[1] if found and found[0] else None
