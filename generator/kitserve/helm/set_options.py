"""The grammar of --set and --set-string, as Helm's pkg/strvals reads it: `a.b=1,c[0].d=x,list={x,y}`.

It has Helm's corner cases: a trailing `a[0].b=` sets nothing, and a map silently replaces a scalar in a list.
"""

import re
from collections.abc import Callable
from typing import Any

from kitserve.helm.merge import Values
from kitserve.problems import Path, dotted

MAX_INDEX = 65_536
MAX_DEPTH = 30
MAX_STEPS = 100
"""Keys and indices of one path: readers of the values stand no more levels."""
MAX_FILLED = 1_000_000
"""Items that one option puts before those that it names: each index alone may make 65,536."""
_INTEGER = re.compile(r"[-+]?[0-9]{1,25}")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class OverrideError(Exception):
    """An expression that can't be read or applied. The message never repeats a part of a value."""

    def __init__(self, message: str, hint: str, column: int) -> None:
        super().__init__(message)
        self.hint, self.column = hint, column


def typed(text: str) -> str | int | bool | None:
    """Return the value that --set reads: a boolean, null, an integer of 64 bits, else text (`1.5`, `0123`)."""
    folded = text.casefold()
    if folded in _WORDS:
        return _WORDS[folded]
    if text == "0":
        return 0
    if not text.startswith("0") and _INTEGER.fullmatch(text) and -(2**63) <= int(text) < 2**63:
        return int(text)
    return text


def apply(expression: str, data: Values, convert: Callable[[str], Any]) -> list[tuple[Path, int]]:
    """Apply one --set (`convert` is typed) or --set-string (str) to `data`, in place.

    Returns the path of each assignment and the column, from 1, of its start. Raises OverrideError.
    """
    try:
        expression.encode()
    except UnicodeEncodeError as error:  # an argument of the command line that isn't UTF-8
        raise OverrideError("this isn't UTF-8 text", "", error.start + 1) from None
    return _Expression(expression, convert).apply(data)


class _Expression:
    """One option's text, and the position in it. Methods that return a boolean tell whether the text has ended."""

    def __init__(self, text: str, convert: Callable[[str], Any]) -> None:
        self._text, self._convert = text, convert
        self._at = self._start = self._filled = 0
        self._assigned: list[tuple[Path, int]] = []

    def apply(self, data: Values) -> list[tuple[Path, int]]:
        """Apply every assignment of the text."""
        while not self._key(data, (), 0):
            self._start = self._at
        return self._assigned

    def _error(self, path: Path, message: str, hint: str = "") -> OverrideError:
        """Return an error that names only the first assignment: text after a comma may be the rest of a secret."""
        subject = dotted(path) if self._start == 0 and path else "this assignment"
        return OverrideError(f"{subject} {message}", hint, self._start + 1)

    def _until(self, stops: str) -> tuple[str, str]:
        """Return the text before the next stop, without its backslashes, and the stop, empty at the text's end."""
        taken: list[str] = []
        while self._at < len(self._text):
            character = self._text[self._at]
            self._at += 1
            if character in stops:
                return "".join(taken), character
            if character == "\\":
                character = self._text[self._at : self._at + 1]
                self._at += 1
            taken.append(character)
        return "".join(taken), ""

    def _key(self, data: Values, path: Path, depth: int) -> bool:
        name, stop = self._until("=[,.")
        path = (*path, name)
        if stop == "=":
            return self._assign(data, name, path)
        if stop == "[":
            return self._indexed(data, name, path, depth)
        if stop == ".":
            return self._nested(data, name, path, depth + 1)
        if name or stop:
            raise self._error((), "has no value", "write name=value, and a comma inside of a value as \\,")
        return True

    def _assign(self, data: Values, name: str, path: Path) -> bool:
        ended = self._at == len(self._text)
        value = self._value(path)
        if name:
            data[name] = value
            self._assigned.append((path, self._start + 1))
        return ended

    def _nested(self, data: Values, name: str, path: Path, depth: int) -> bool:
        if depth > MAX_DEPTH:
            raise self._error((), f"nests more than {MAX_DEPTH} levels deep")
        inner = data.get(name, {})
        if not isinstance(inner, dict):
            raise self._error(path, "isn't a map, so nothing can be set in it")
        ended = self._key(inner, path, depth)
        if not inner and not ended:
            raise self._error(
                path, "has no value", "a key follows the dot; write a dot inside of a key as \\."
            )
        if inner and name:
            data[name] = inner
        return ended

    def _indexed(self, data: Values, name: str, path: Path, depth: int) -> bool:
        index = self._index(path)
        items = data.get(name, [])
        if not isinstance(items, list):
            raise self._error(path, "isn't a list, so no item of it can be set")
        ended = self._item(items, index, (*path, index), depth)
        if name:
            data[name] = items
        return ended

    def _index(self, path: Path) -> int:
        text, stop = self._until("]")
        if len(path) >= MAX_STEPS:
            raise self._error((), f"nests more than {MAX_STEPS} levels deep")
        if not stop or not _INTEGER.fullmatch(text) or not 0 <= int(text) <= MAX_INDEX:
            raise self._error(path, f"needs an index from 0 to {MAX_INDEX} in its brackets")
        return int(text)

    def _item(self, items: list[Any], index: int, path: Path, depth: int) -> bool:
        text, stop = self._until("[.=")
        if text:
            raise self._error(path, "is followed by something other than =, . or [")
        if not stop:
            return True
        existing = items[index] if index < len(items) else None
        if stop == "=":
            value, ended = self._value(path), False
            self._assigned.append((path, self._start + 1))
        elif stop == "[":
            value = [] if existing is None else existing
            if not isinstance(value, list):
                raise self._error(path, "isn't a list, so no item of it can be set")
            nested = self._index(path)
            ended = self._item(value, nested, (*path, nested), depth)
        else:
            value = existing if isinstance(existing, dict) else {}
            if index < len(items):
                items[index] = value
            ended = self._key(value, path, depth)
        if not ended:
            self._fill(items, index + 1, path)
            items[index] = value
        return ended

    def _fill(self, items: list[Any], length: int, path: Path) -> None:
        missing = max(length - len(items), 0)
        self._filled += missing
        if self._filled > MAX_FILLED:
            raise self._error(path, f"makes more than {MAX_FILLED} items")
        items.extend([None] * missing)

    def _value(self, path: Path) -> Any:  # noqa: ANN401 - what `convert` gives
        if self._text.startswith("{", self._at):
            self._at += 1
            return self._list(path)
        return self._convert(self._until(",")[0])

    def _list(self, path: Path) -> list[Any]:
        items = []
        stop = ","
        while stop == ",":
            text, stop = self._until(",}")
            items.append(self._convert(text))
        if not stop:
            raise self._error(path, "has a list that doesn't end with }")
        if self._text.startswith(",", self._at):
            self._at += 1
        return items
