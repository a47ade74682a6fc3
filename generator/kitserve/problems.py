"""Faults found in input, as data: what is wrong, where, and what to do about it."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning"]
Path = tuple[str | int, ...]
"""The way from the root of the values to one of them: keys of maps and indices of lists."""

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
    """One fault. `message` and `hint` are one sentence each and never hold a value that may be secret.

    `private`: the line at its place may hold one.
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
    """What a problem's code stands for, of which the reference is made and SARIF's help.

    `meaning` is a line, `why` says whose behaviour makes it a problem and where that can be read, `example` is a
    text that has this problem and no other (or, behind a `$`, a command), `mend` says what to do about it.
    """

    code: str
    severity: Severity
    meaning: str
    why: str = field(default="", kw_only=True)
    example: str = field(default="", kw_only=True)
    mend: str = field(default="", kw_only=True)

    def problem(
        self, message: str, *, path: Path = (), hint: str = "", position: Position | None = None
    ) -> Problem:
        """A fault of this kind."""
        return Problem(self.code, self.severity, path, message, hint, position)


def known(data: Any, path: Path) -> int:  # noqa: ANN401 - any JSON
    """How many of a path's steps there are in data."""
    for length, step in enumerate(path):
        here = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
        if step not in here:
            return length
        data = data[step]
    return len(path)


def dotted(path: Path) -> str:
    """The path as text; empty for the root."""
    return "".join(map(_step, path)).removeprefix(".")


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    if _BARE_KEY.fullmatch(part):
        return f".{part}"
    return f"[{json.dumps(part, ensure_ascii=False)}]"
