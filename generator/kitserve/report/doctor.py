"""Checks of a cluster, for people and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, TextIO

from kitserve.report.line import begun, json_text, printed
from kitserve.report.text import has_colors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kitserve.doctor.check import Check, Result

_WORDS = {"ok": "ok", "warning": "warning", "error": "error", "unknown": "not known"}
_COLORS = {"ok": "\x1b[32m", "warning": "\x1b[1;33m", "error": "\x1b[1;31m", "unknown": "\x1b[36m"}
_RESET = "\x1b[0m"
_WIDEST = 40
"""Columns of the names of what was looked at; a longer one pushes its sentence to the right."""


def text(checks: Sequence[Check], stream: TextIO) -> str:
    """Return a table for each concern; colored if the stream is a terminal."""
    paints = has_colors(stream)
    return "".join(f"{line}\n" for line in _lines(checks, paints=paints))


def json(checks: Sequence[Check]) -> str:
    """Return a list of objects; the members are those of doctor/check.py, `said` and `todo` as `message` and `hint`."""
    names = {"said": "message", "todo": "hint"}
    return json_text([{names.get(key, key): value for key, value in asdict(each).items()} for each in checks])


def conclusion(checks: Iterable[Check]) -> str:
    """Return how many checks there were, and how they went."""
    counts = Counter(each.result for each in checks)
    total = sum(counts.values())
    forms: dict[Result, tuple[str, str]] = {
        "error": ("error", "errors"),
        "warning": ("warning", "warnings"),
        "unknown": ("not known", "not known"),
    }
    told = [f"{counts[each]} {words[counts[each] > 1]}" for each, words in forms.items() if counts[each]]
    return f"{total} {'check' if total == 1 else 'checks'}: {', '.join(told) or 'all ok'}"


def _lines(checks: Sequence[Check], *, paints: bool) -> Iterator[str]:
    for number, group in enumerate(dict.fromkeys(each.group for each in checks)):
        if number:
            yield ""
        yield begun(group)
        rows = [each for each in checks if each.group == group]
        width = min(_WIDEST, max(len(printed(each.about)) for each in rows))
        for each in rows:
            word = _WORDS[each.result].ljust(9)
            shown = f"{_COLORS[each.result]}{word}{_RESET}" if paints else word
            yield f"  {shown}  {printed(each.about).ljust(width)}  {printed(each.said)}"
            if each.todo:
                yield f"{' ' * 13}hint: {printed(each.todo)}"
