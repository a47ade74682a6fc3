"""Kubernetes' quantities as numbers."""

import re
from fractions import Fraction
from functools import lru_cache
from typing import Any

_FORM = re.compile(r"([+-]?[0-9]*\.?[0-9]*)(?:([KMGTPE]i|[numkMGTPE]?)|[eE]([+-]?\d{1,3}))\Z")
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
    """Return the number of a quantity such as `500m` or `1Gi`; None if it isn't a quantity."""
    if not isinstance(quantity, str | int) or isinstance(quantity, bool):
        return None
    text = str(quantity).strip()
    return _read(text) if 0 < len(text) <= _LONGEST else None


# Most objects need the same few.
@lru_cache(maxsize=1024)
def _read(quantity: str) -> Fraction | None:
    found = _FORM.match(quantity)
    if found is None:
        return None
    # Go reads no digits as 0.
    number = Fraction(found[1].rstrip(".")) if found[1].strip("+-.") else Fraction(0)
    return number * 10 ** int(found[3]) if found[3] else number * _SUFFIXES[found[2] or ""]


def amounts(resources: dict[str, Any]) -> dict[str, Fraction]:
    """Return the numbers of some resources, by their names."""
    read = {name: amount(quantity) for name, quantity in resources.items()}
    return {name: number for name, number in read.items() if number is not None}
