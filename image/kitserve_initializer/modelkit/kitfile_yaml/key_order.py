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
    # A zero in the middle of a number counts: both values start with 1 then.
    start = int("0" in (a[at], b[at]) and _has_significant_digit_before(a, at))
    a_value, a_end = _number(a, at, start)
    b_value, b_end = _number(b, at, start)
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


def _number(text: str, at: int, value: int) -> tuple[int, int]:
    """Append the digits from `at` on to `value`; return it, in 64 bits as Go has it, and where they end."""
    while at < len(text) and text[at].isdecimal():
        value = (value * 10 + ord(text[at]) - ord("0")) % 2**64
        at += 1
    return (value + 2**63) % 2**64 - 2**63, at
