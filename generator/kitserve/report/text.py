"""Problems for people: one line each, then the file's line and the hint."""

import os
from collections.abc import Callable, Iterable
from typing import TextIO

from kitserve.helm.document import without_marks
from kitserve.problems import Problem, others
from kitserve.report.excerpt import excerpt
from kitserve.report.line import begun, printed

Reader = Callable[[str], str]
"""The text of a file by its name in positions; empty without one."""

_RESET = "\x1b[0m"
_COLORS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "place": "\x1b[1m", "hint": "\x1b[36m"}


def write(problems: Iterable[Problem], stream: TextIO, read: Reader = lambda _: "") -> None:
    """Write `file:line:col: error[KSnnn] path: sentence`, then the line with carets, then the hint."""
    paint = _paint if has_colors(stream) else _plain
    lines: dict[str, list[str]] = {}
    for problem in problems:
        stream.write(_headline(problem, paint) + "\n")
        _write_line(problem, stream, read, lines, paint)
        for other in others(problem):
            stream.write(f"  {paint('and:', 'hint')} {begun(str(other.position))}: {printed(other.dotted)}\n")
            _write_line(other, stream, read, lines, paint)
        if problem.hint:
            stream.write(f"  {paint('hint:', 'hint')} {printed(problem.hint)}\n")


def _write_line(
    problem: Problem,
    stream: TextIO,
    read: Reader,
    lines: dict[str, list[str]],
    paint: Callable[[str, str], str],
) -> None:
    """Write the line at a problem's place, with carets; nothing where none may be shown."""
    if (place := problem.position) is None:
        return
    if place.file not in lines:
        lines[place.file] = without_marks(read(place.file)).splitlines()
    shown, carets = excerpt(problem, lines[place.file])
    if shown:
        width = len(str(place.line))
        stream.write(f"  {place.line} | {shown}\n  {' ' * width} | {paint(carets, problem.severity)}\n")


def has_colors(stream: TextIO) -> bool:
    """Return whether to color: on a terminal that isn't dumb, unless NO_COLOR (https://no-color.org) is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _headline(problem: Problem, paint: Callable[[str, str], str]) -> str:
    # A problem without a place in the user's files is in the chart's defaults.
    place = paint(begun(f"{problem.position or 'values'}:"), "place")
    said = printed(f"{problem.dotted}: {problem.message}" if problem.path else problem.message)
    return f"{place} {paint(problem.severity, problem.severity)}[{problem.code}] {said}"


def _paint(text: str, role: str) -> str:
    return f"{_COLORS[role]}{text}{_RESET}"


def _plain(text: str, _role: str) -> str:
    return text
