"""Kubernetes' quantities as numbers."""

import re
from fractions import Fraction

_FORM = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([KMGTPE]i|[numkMGTPE]?)|[eE]([+-]?\d{1,3}))\Z")
_LONGEST = 1000
"""Characters of what is read as a number: Python reads none of more than 4300 digits."""
_SUFFIXES = {
    "": Fraction(1),
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    **{suffix: Fraction(1000) ** power for power, suffix in enumerate("kMGTPE", start=1)},
    **{f"{suffix}i": Fraction(1024) ** power for power, suffix in enumerate("KMGTPE", start=1)},
}


def amount(quantity: object) -> Fraction | None:
    """The number that a quantity such as `500m` or `1Gi` stands for; None where it is none."""
    text = str(quantity) if isinstance(quantity, str | int) and not isinstance(quantity, bool) else ""
    found = _FORM.match(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    number = Fraction(found[1].rstrip(".") if found[1][-1] == "." else found[1])
    return number * 10 ** int(found[3]) if found[3] else number * _SUFFIXES[found[2] or ""]
