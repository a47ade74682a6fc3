"""A check: what was looked at, the result, one sentence, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, ParamSpec

from kitserve.cluster.inquiry import NotKnown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Result = Literal["ok", "warning", "error", "unknown"]
_Given = ParamSpec("_Given")
_LONGEST = 1000
"""Characters of a sentence: a cluster's may be of any length."""


@dataclass(frozen=True)
class Check:
    """`group` is the concern, `about` names what was looked at. `said` and `todo` are one line each."""

    group: str
    about: str
    result: Result
    said: str
    todo: str = ""


@dataclass(frozen=True)
class Subject:
    """What checks of one thing have in common: their group, and what they look at."""

    group: str
    about: str

    def ok(self, said: str) -> Check:
        """Return a check that found nothing wrong."""
        return Check(self.group, self.about, "ok", _line(said))

    def warning(self, said: str, todo: str = "") -> Check:
        """Return a check of what may stand in the way."""
        return Check(self.group, self.about, "warning", _line(said), _line(todo))

    def error(self, said: str, todo: str = "") -> Check:
        """Return a check of what stands in the way."""
        return Check(self.group, self.about, "error", _line(said), _line(todo))

    def unknown(self, said: str, todo: str = "") -> Check:
        """Return a check that couldn't be made."""
        return Check(self.group, self.about, "unknown", _line(said), _line(todo))

    def tell(
        self, look: Callable[_Given, Iterator[Check]], *given: _Given.args, **named: _Given.kwargs
    ) -> Iterator[Check]:
        """Yield the checks of a function; where the cluster doesn't tell, that this isn't known."""
        try:
            yield from look(*given, **named)
        except NotKnown as unknown:
            yield self.unknown(str(unknown))


def counted(names: list[str], most: int = 5) -> str:
    """Return names as a list in a sentence, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
