"""The line of a file with a problem, with carets below the place.

It goes into logs that many people read, so it hides everything that may be a secret.
"""

import re
import unicodedata

from kitserve.helm import codes
from kitserve.problems import Problem

HIDDEN = "…"
_LONGEST = 120
_TOKEN = re.compile(r"""(?:"[^"]*"|'[^']*'|[^\s:,{}\[\]"']+:?//[^\s,{}\[\]"']*|[^\s:,{}\[\]"']+)""")
_SECRETIVE = (
    r"[\w.-]*(?:pass|secret|token|credential|auth|private|api[_-]?key|access[_-]?key|docker|user|pw)"
    r"[\w.-]*|value"
)
_SECRET_KEY = re.compile(rf"(?i)(?:{_SECRETIVE})\Z")
_SECRET_ENTRY = re.compile(
    rf"""(?i)(["']?\b(?:{_SECRETIVE})["']?\s*[:=]\s*)(?P<value>"[^"]*"?|'[^']*'?|[^\s,}}].*)"""
)
_LOGIN = re.compile(r"//(?P<value>[^/\s@]+)@")
_SECRET_MAPS = frozenset({"data", "stringData", "binaryData", "credentials", "extraObjects"})


def excerpt(problem: Problem, lines: list[str]) -> tuple[str, str]:
    """Return the line and the carets below it, in columns of a terminal; two empty texts if nothing may be shown."""
    place = problem.position
    if place is None or not 0 < place.line <= len(lines):
        return "", ""
    line, start = lines[place.line - 1], place.column - 1
    found = _TOKEN.match(line, start)
    end = found.end() if found else start + 1
    if problem.code == codes.SYNTAX.code and _is_unclear(line, lines):
        return "", ""
    if problem.private or _is_secret(problem) or len(line) > _LONGEST:
        return _token_only(problem, line, start, end)
    head, token, tail = _hidden(line, start, end if found else start)
    return printed(head + token + tail), " " * _width(head) + "^" * max(_width(token), 1)


def _token_only(problem: Problem, line: str, start: int, end: int) -> tuple[str, str]:
    """Return only the key at the problem's place; empty unless it certainly is a key."""
    token = line[start:end].strip("\"'")
    if not problem.path or token != str(problem.path[-1]):
        return "", ""
    before, after = (HIDDEN if part.strip() else part for part in (line[:start], line[end:]))
    indent = line[: len(line) - len(line.lstrip())] if before == HIDDEN else before
    head = indent + (before if before == HIDDEN else "")
    return printed(head + token + after), " " * _width(head) + "^" * max(_width(token), 1)


def _is_unclear(line: str, lines: list[str]) -> bool:
    """Return whether an invalid line may belong to a Secret, or to a text whose key is on another line."""
    return ":" not in line or any("Secret" in other or "credentials" in other for other in lines)


def _is_secret(problem: Problem) -> bool:
    return any(
        isinstance(step, str) and (step in _SECRET_MAPS or _SECRET_KEY.match(step)) for step in problem.path
    )


def _hidden(line: str, start: int, end: int) -> tuple[str, str, str]:
    """Return the text before, at and after a place, without what may be secret."""
    for first, last in reversed(_secret_spans(line)):
        if last <= start:
            line = line[:first] + HIDDEN + line[last:]
            start, end = start - (last - first) + 1, end - (last - first) + 1
        elif first >= end:
            line = line[:first] + HIDDEN + line[last:]
        else:
            line = line[: min(first, start)] + HIDDEN + line[max(last, end) :]
            start, end = min(first, start), min(first, start) + 1
    return line[:start], line[start:end], line[end:]


def _secret_spans(line: str) -> list[tuple[int, int]]:
    """Return the spans of secrets, in order, none within another."""
    spans: list[tuple[int, int]] = []
    found = (match.span("value") for form in (_SECRET_ENTRY, _LOGIN) for match in form.finditer(line))
    for first, last in sorted(found):
        if spans and first < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    return spans


def printed(text: str) -> str:
    """Replace each tab by a blank, and other unprintable characters by U+FFFD."""
    return "".join(char if char.isprintable() else " " if char == "\t" else "\ufffd" for char in text)


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )
