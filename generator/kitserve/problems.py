"""Faults found in input, as data: what is wrong, its place, and what to do."""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Severity = Literal["error", "warning"]
Path = tuple[str | int, ...]
"""The path from the root of the values to one of them: keys of maps and indices of lists."""

MOST = 1000
"""Problems of one severity that a run tells: nobody reads more, and a megabyte of text can have a million."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LAST_PART = re.compile(r"(?:[A-Z][a-z]{2,}|[A-Za-z][a-z]{2,})$")
_VERY_NEAR = 0.8
_PART = 4
"""Letters of a name with which a longer word begins."""
_SENTENCE = 2000
_LONGEST = 100
"""Characters of a key that are shown."""


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

    `private`: the line at its place may contain one. `also`: the paths of what else it takes to make the fault, and
    `others` their places.
    """

    code: str
    severity: Severity
    path: Path
    message: str
    hint: str = ""
    position: Position | None = None
    private: bool = False
    also: tuple[Path, ...] = ()
    others: tuple[Position | None, ...] = ()

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
        self,
        message: str,
        *,
        path: Path = (),
        hint: str = "",
        position: Position | None = None,
        also: tuple[Path, ...] = (),
    ) -> Problem:
        """Return a problem with this code, in sentences of a length that people read."""
        said, help_ = (text if len(text) <= _SENTENCE else f"{text[:_SENTENCE]}…" for text in (message, hint))
        return Problem(self.code, self.severity, path, said, help_, position, also=also)


def others(problem: Problem) -> Iterator[Problem]:
    """Yield what else makes a fault, as problems at those places; nothing at the problem's own."""
    for path, position in zip(problem.also, problem.others, strict=False):
        if position is not None and position != problem.position:
            yield replace(problem, path=path, position=position, also=(), others=())


def known(data: Any, path: Path) -> int:  # noqa: ANN401 - any JSON
    """Return how many of a path's steps data has."""
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
    """Return the path as text, with the beginning of a long key; empty for the root."""
    return "".join(map(_step, path)).removeprefix(".")


def shortened(key: str) -> str:
    """Return a key, or the beginning of a very long one."""
    return key if len(key) <= _LONGEST else f"{key[:_LONGEST]}…"


def nearest(word: str, known: Sequence[str], cutoff: float = 0.6) -> str:
    """Return the known word that is most like a word, in letters of any case; empty if none is near."""
    if len(word) > _LONGEST:  # difflib takes the square of its length
        return ""
    lower = {name.lower(): name for name in reversed(known)}
    close = difflib.get_close_matches(word.lower(), list(lower), n=1, cutoff=cutoff)
    return lower[close[0]] if close else ""


def intended(word: str, known: Sequence[str], held: Sequence[str] = ()) -> str:
    """Return the known name that somebody meant by a word; empty if nobody can say, or for one that is `held` already.

    It is a very near one, the same parts in another order, the word with `Name` behind it, one that the word begins
    with, the only one with its last part, or a near one: `modelUri` is nearer to `modelFormat`, but means `storageUri`.
    """
    if very := nearest(word, [*known, *held], _VERY_NEAR):
        return "" if very in held else very
    alike = [name for name in known if _parts(name) == _parts(word) or name == f"{word}Name"]
    begins = [name for name in known if len(name) >= _PART and word.lower().startswith(name.lower())]
    last = _LAST_PART.search(word)
    ends = [name for name in known if last and name.lower().endswith(last[0].lower())]
    alone = max(begins, key=len, default="") or (ends[0] if len(ends) == 1 else "")
    return next(iter(alike), "") or alone or nearest(word, known)


def _parts(word: str) -> list[str]:
    return sorted(part.lower() for part in re.findall("[A-Z]*[a-z]+|[A-Z]+", word[:_LONGEST]))


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    if _BARE_KEY.fullmatch(part, 0, _LONGEST + 1):
        return f".{shortened(part)}"
    return f"[{json.dumps(shortened(part), ensure_ascii=False)}]"
