"""Faults found in input, as data: what is wrong, where, and what to do about it."""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning"]
Path = tuple[str | int, ...]
"""The way from the root of the values to one of them: keys of maps and indices of lists."""

MOST = 1000
"""Problems of one severity that a run tells: nobody reads more, and a megabyte of text can have a million."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SENTENCE = 2000
_LONGEST = 100
"""Characters of a key that are shown."""


@dataclass(frozen=True)
class Position:
    """A place in a source, counted from 1 in characters. `file` is as the user gave it, `<stdin>`, or an option."""

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
        """A fault of this kind, in a sentence that somebody reads to its end."""
        said, help_ = (text if len(text) <= _SENTENCE else f"{text[:_SENTENCE]}…" for text in (message, hint))
        return Problem(self.code, self.severity, path, said, help_, position)


def known(data: Any, path: Path) -> int:  # noqa: ANN401 - any JSON
    """How many of a path's steps there are in data."""
    for length, step in enumerate(path):
        here = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
        if step not in here:
            return length
        data = data[step]
    return len(path)


class Tally:
    """Counts problems as they are found, and says which of them are told: the first MOST of each severity."""

    def __init__(self) -> None:
        self._counts: Counter[Severity] = Counter()

    def has_all(self, severity: Severity) -> bool:
        """Whether no more of a severity are told. Nothing that is found after all errors changes a verdict."""
        return self._counts[severity] >= MOST

    def takes(self, severity: Severity) -> bool:
        """Whether one more is told."""
        told = not self.has_all(severity)
        self._counts[severity] += told
        return told


def first(found: Iterable[Problem]) -> Iterator[Problem]:
    """Those that are told. Looks no further once these are all errors; warnings hide none."""
    tally = Tally()
    for problem in found:
        if tally.takes(problem.severity):
            yield problem
        elif tally.has_all("error"):
            return


def dotted(path: Path) -> str:
    """The path as text, with the beginning of a long key; empty for the root."""
    return "".join(map(_step, path)).removeprefix(".")


def shortened(key: str) -> str:
    """The beginning of a key that is longer than anybody reads."""
    return key if len(key) <= _LONGEST else f"{key[:_LONGEST]}…"


def nearest(word: str, known: Sequence[str], cutoff: float = 0.6) -> str:
    """The one of some known words that a word was meant to be; empty where none is near."""
    if len(word) > _LONGEST:  # difflib takes the square of its length
        return ""
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=cutoff)), "")


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    if _BARE_KEY.fullmatch(part, 0, _LONGEST + 1):
        return f".{shortened(part)}"
    return f"[{json.dumps(shortened(part), ensure_ascii=False)}]"
