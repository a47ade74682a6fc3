"""The line of a file with a problem, with carets below the place.

It goes into logs that many people read, so it hides everything that may be a secret.
"""

import re
import unicodedata

from kitserve.helm import codes
from kitserve.problems import Problem
from kitserve.report import secrets
from kitserve.report.line import printed

HIDDEN = "…"
_LONGEST = 120
_ABOVE = 20
"""Lines above a place in which the name of a value is looked for."""
_BLANKS, _TEXT = re.compile(r"\s*"), re.compile(r"\S")
_TOKEN = re.compile(r"""(?:"[^"]*"|'[^']*'|[^\s:,{}\[\]"']+:?//[^\s,{}\[\]"']*|[^\s:,{}\[\]"']+)""")


def excerpt(problem: Problem, lines: list[str]) -> tuple[str, str]:
    """Return the line and the carets below it, in columns of a terminal; two empty texts if nothing may be shown."""
    place = problem.position
    if place is None or not 0 < place.line <= len(lines):
        return "", ""
    line, start = lines[place.line - 1], place.column - 1
    found = _TOKEN.match(line, start, start + _LONGEST)
    end = found.end() if found else start + 1
    if problem.code == codes.SYNTAX.code and _is_unclear(line, lines):
        return "", ""
    is_key = _is_key(problem, line[start:end])
    if problem.private or _is_below_secret(problem) or len(line) > _LONGEST:
        return _key_only(line, start, end) if is_key else ("", "")
    if not is_key and _goes_on(lines, place.line - 1):
        return "", ""
    head, token, tail = _hidden(line, start, end if found else start, is_key=is_key)
    return printed(head + token + tail), " " * _width(printed(head)) + "^" * max(_width(printed(token)), 1)


def _key_only(line: str, start: int, end: int) -> tuple[str, str]:
    """Return the key at the problem's place, without what is around it."""
    indent = _BLANKS.match(line, 0, min(start, _LONGEST))
    head = indent[0] if indent else ""
    head += "" if len(head) == start else HIDDEN
    token, after = line[start:end].strip("\"'"), HIDDEN if _TEXT.search(line, end) else ""
    return printed(head + token + after), " " * _width(printed(head)) + "^" * max(_width(printed(token)), 1)


def _is_key(problem: Problem, token: str) -> bool:
    return bool(problem.path) and token.strip("\"'") == problem.path[-1]


def _is_unclear(line: str, lines: list[str]) -> bool:
    """Return whether an invalid line may belong to a Secret, or to a text whose key is on another line."""
    return ":" not in line or any("Secret" in other or "credentials" in other for other in lines)


def _is_below_secret(problem: Problem) -> bool:
    return any(isinstance(step, str) and secrets.is_secretive(step) for step in problem.path)


def _goes_on(lines: list[str], index: int) -> bool:
    """Whether a line may hold the value of a name above it, such as the item behind `--token`."""
    for above in reversed(lines[max(index - _ABOVE, 0) : index]):
        if (text := above.strip()) and not text.startswith("#"):
            return len(text) > _LONGEST or secrets.ends_secretively(text)
    return index > _ABOVE


def _hidden(line: str, start: int, end: int, *, is_key: bool) -> tuple[str, str, str]:
    """Return the text before, at and after a place, without what may be secret. A key behind a secret is shown."""
    spans = secrets.spans(line)
    around = [span for span in spans if span[0] < max(end, start + 1) and start < span[1]]
    token = line[start:end]
    if around and not is_key:
        start, end, token = min(start, around[0][0]), max(end, around[-1][1]), HIDDEN
    return _without(line, spans, 0, start), token, _without(line, spans, end, len(line))


def _without(line: str, spans: list[tuple[int, int]], start: int, end: int) -> str:
    """Return a part of a line, with one sign for each hidden span."""
    shown, at = "", start
    for first, last in spans:
        if first < end and start < last:
            shown += line[at : max(first, at)] + HIDDEN
            at = max(at, min(last, end))
    return shown + line[at:end]


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )
