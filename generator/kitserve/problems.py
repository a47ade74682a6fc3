"""Faults found in input, as data: what is wrong, its place, and what to do."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning"]
Path = tuple[str | int, ...]
"""The path from the root of the values to one of them: keys of maps and indices of lists."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Position:
    """A place, counted from 1 in characters. `file` is a file as the user names it, `<stdin>`, or an option."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One fault. `message` and `hint` are one sentence each and never contain a value that may be secret.

    `private`: the line at its place may contain one.
    """

    code: str
    severity: Severity
    path: Path
    message: str
    hint: str = ""
    position: Position | None = None
    private: bool = False

    @property
    def dotted(self) -> str:
        """The path as text: `inferenceServices.iris.env[0]`, with keys of other characters in brackets and quotes."""
        return dotted(self.path)


@dataclass(frozen=True)
class Code:
    """A problem's code, with the texts for the reference and for SARIF's help.

    `meaning` is a line, `why` names the behaviour that makes it a problem and its source, `example` is a
    text that has this problem and no other (or, behind a `$`, a command), `remedy` says what to do about it.
    """

    code: str
    severity: Severity
    meaning: str
    why: str = field(default="", kw_only=True)
    example: str = field(default="", kw_only=True)
    remedy: str = field(default="", kw_only=True)

    def problem(
        self, message: str, *, path: Path = (), hint: str = "", position: Position | None = None
    ) -> Problem:
        """Return a problem with this code."""
        return Problem(self.code, self.severity, path, message, hint, position)


def known(data: Any, path: Path) -> int:  # noqa: ANN401 - any JSON
    """Return how many of a path's steps data has."""
    for length, step in enumerate(path):
        here = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
        if step not in here:
            return length
        data = data[step]
    return len(path)


def dotted(path: Path) -> str:
    """Return the path as text; empty for the root."""
    return "".join(map(_step, path)).removeprefix(".")


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    if _BARE_KEY.fullmatch(part):
        return f".{part}"
    return f"[{json.dumps(part, ensure_ascii=False)}]"
