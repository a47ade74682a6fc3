"""The order in which yaml.v3 sorts an object's keys: numbers in them by value, letters after everything else."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def in_order(keys: Iterable[str]) -> list[str]:
    """Return the keys sorted."""
    return sorted(keys, key=cmp_to_key(_compare))


def _compare(a: str, b: str) -> int:
    if a == b:
        return 0
    return -1 if _less(a, b) else 1


def _less(a: str, b: str) -> bool:
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    if at is None:
        return len(a) < len(b)
    if a[at].isalpha() and b[at].isalpha():
        return a[at] < b[at]
    if a[at].isalpha() or b[at].isalpha():
        # "a10" before "ab", but "a1" before "a1b": a number ends before what follows it.
        after_digit = at > 0 and a[at - 1].isdecimal()
        return a[at].isalpha() if after_digit else b[at].isalpha()
    return _number_less(a, b, at)


def _number_less(a: str, b: str, at: int) -> bool:
    a_value, a_end = _number(a, at)
    b_value, b_end = _number(b, at)
    if "0" in (a[at], b[at]) and _has_significant_digit_before(a, at):
        # Go starts both values with 1 then, so that a zero in the middle of a number counts.
        a_value += 10 ** (a_end - at)
        b_value += 10 ** (b_end - at)
    if a_value != b_value:
        return a_value < b_value
    return a_end < b_end if a_end != b_end else a[at] < b[at]


def _has_significant_digit_before(text: str, at: int) -> bool:
    for character in reversed(text[:at]):
        if not character.isdecimal():
            return False
        if character != "0":
            return True
    return False


def _number(text: str, start: int) -> tuple[int, int]:
    """Return the value of the digits from `start` on, and where they end."""
    value, end = 0, start
    while end < len(text) and text[end].isdecimal():
        value = value * 10 + ord(text[end]) - ord("0")
        end += 1
    return value, end
