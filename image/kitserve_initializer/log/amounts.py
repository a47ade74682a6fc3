"""Amounts as people read them: one unit for sizes and one for times, wherever a sentence has one."""

from __future__ import annotations

_UNITS = ("KiB", "MiB", "GiB", "TiB")


def size(count: float) -> str:
    """Return a number of bytes in the largest unit of which there is one: `1 byte`, `12.0 KiB`, `1.5 GiB`."""
    if round(count) < 1024:
        return f"{count:.0f} byte{'' if round(count) == 1 else 's'}"
    for unit in _UNITS:
        count /= 1024
        if round(count, 1) < 1024 or unit == _UNITS[-1]:
            break
    return f"{count:.1f} {unit}"


def apart(one: int, other: int) -> tuple[str, str]:
    """Return two numbers of bytes that differ as sizes that differ: with all digits if they look the same else."""
    if size(one) != size(other):
        return size(one), size(other)
    return f"{one} bytes", f"{other} bytes"


def duration(seconds: float) -> str:
    """Return a time in the two largest units that count: `12 ms`, `4.2 s`, `42 s`, `8 min 10 s`, `2 h 5 min`."""
    if 0 < round(seconds * 1000) < 1000:
        return f"{seconds * 1000:.0f} ms"
    if round(seconds, 1) < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
