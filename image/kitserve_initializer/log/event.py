"""An event of the log: its stable name, its level, and the sentence that its fields are put into."""

from __future__ import annotations

import logging
from string import Formatter
from typing import TYPE_CHECKING, Any, NamedTuple

from kitserve_initializer.log.amounts import duration, size

if TYPE_CHECKING:
    from collections.abc import Mapping

TRACE, DEBUG, INFO, WARNING, ERROR = 5, logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR

Value = str | int | float | bool | tuple[str, ...] | None
"""The value of a field."""


class Event(NamedTuple):
    """A kind of line; `when` says when it is written, `more` names fields that the sentence leaves out.

    A field in a sentence may have a specification: `{bytes:size}`, `{seconds:duration}`, `{layers:count layer}` (the
    noun's plural has an s), `{filters:words}` (a list, or `none`), and `{hint:?; }`, which writes the text behind the
    question mark and the field if the field isn't empty. None is `unknown`.
    """

    name: str
    level: int
    sentence: str
    when: str
    more: tuple[str, ...] = ()
    is_progress: bool = False
    """Whether --progress none leaves it out."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields, those of the sentence first."""
        named = (name for _, name, _, _ in _SENTENCES.parse(self.sentence) if name)
        return tuple(dict.fromkeys((*named, *self.more)))

    def message(self, fields: Mapping[str, Value]) -> str:
        """Return the sentence with the fields in it."""
        return _SENTENCES.vformat(self.sentence, (), fields)


class _Sentences(Formatter):
    """str.format with the specifications of sentences."""

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - Formatter's
        if format_spec.startswith("?"):
            return f"{format_spec[1:]}{_words(value)}" if value else ""
        if format_spec.startswith("count "):
            return f"{value} {format_spec.removeprefix('count ')}{'' if value == 1 else 's'}"
        if value is None:
            return "unknown"
        write = _SPECIFICATIONS.get(format_spec)
        return write(value) if write else str(super().format_field(value, format_spec))


def _words(value: Value) -> str:
    return (" ".join(value) if isinstance(value, tuple) else str(value)) or "none"


_SPECIFICATIONS = {"size": size, "duration": duration, "words": _words}
_SENTENCES = _Sentences()
