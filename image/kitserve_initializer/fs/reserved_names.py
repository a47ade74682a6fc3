"""The initializer's own names: at no level of a destination may anything from a registry have one.

A destination may lie inside another one, so that what is some folder to one ModelKit is the top to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import category, normalize

if TYPE_CHECKING:
    from collections.abc import Iterable

RESERVED = ".kitserve"
"""Names that begin so are reserved."""
MARKER = f"{RESERVED}.json"
"""What a destination holds."""

_FILLERS = frozenset("\u115f\u1160")
"""Letters that Unicode lets a comparison ignore (Default_Ignorable_Code_Point)."""
_INVISIBLE = ("Cf", "Cn")


def is_reserved(name: str) -> bool:
    """Tell whether a file system may take a name for one of ours: some fold case, some normalize, some ignore marks."""
    folded = name.lower() if name.isascii() else _folded(name)
    return folded.startswith(RESERVED)


def has_reserved(names: Iterable[str]) -> bool:
    """Tell whether any of these names is reserved."""
    return any(map(is_reserved, names))


def _folded(name: str) -> str:
    """Return the name as the most tolerant file system compares it."""
    letters = (letter for letter in normalize("NFKD", name) if _counts(letter))
    return "".join(letters).upper().casefold()


def _counts(letter: str) -> bool:
    kind = category(letter)
    return not (kind.startswith("M") or kind in _INVISIBLE or letter in _FILLERS)
