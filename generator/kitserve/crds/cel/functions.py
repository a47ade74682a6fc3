"""CEL's operators, functions and macros, on JSON."""

import operator
import re
from collections.abc import Callable
from typing import Any

Value = Any
Scope = dict[str, Value]
Expression = Callable[[Scope], Value]


class CelError(Exception):
    """An expression has no value, for example because a key is missing."""


def member(holder: Value, name: Value) -> Value:
    """Return a map's field, or a list's item."""
    try:
        return holder[name]
    except (KeyError, IndexError, TypeError) as error:
        raise CelError(name) from error


def call(function: Callable[..., Value], *arguments: Value) -> Value:
    """Return a function's value. Raises CelError for arguments of other types."""
    try:
        return function(*arguments)
    except (AttributeError, TypeError) as error:
        raise CelError(str(error)) from error


def size(value: Value) -> int:
    """Return the length of a text, list or map."""
    if not isinstance(value, str | list | dict):
        raise CelError("size")
    return len(value)


def duration(text: Value) -> float:
    """Return the seconds of a text such as `1m30s`."""
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    if not isinstance(text, str) or not re.fullmatch(r"(\d+(h|ms|m|s))+", text):
        raise CelError(text)
    return sum(int(count) * units[unit] for count, unit in re.findall(r"(\d+)(h|ms|m|s)", text))


def either(left: Expression, right: Expression, deciding: Value) -> Expression:
    """Return `||` (deciding: true) or `&&` (deciding: false): a deciding side outweighs the other's error."""

    def decide(scope: Scope) -> Value:
        try:
            first = left(scope)
        except CelError:
            if right(scope) is deciding:
                return deciding
            raise
        return deciding if first is deciding else right(scope)

    return decide


def contained(item: Value, holder: Value) -> bool:
    """Return whether a list has an item, or a map a key."""
    if not isinstance(holder, list | dict):
        raise CelError("in")
    return item in holder


def _ordered(compare: Callable[[Value, Value], bool]) -> Callable[[Value, Value], bool]:
    def compared(left: Value, right: Value) -> bool:
        if isinstance(left, str) != isinstance(right, str):
            raise CelError("compare")
        return compare(left, right)

    return compared


OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": contained,
    "+": operator.add,
}
FUNCTIONS: dict[str, Callable[..., Value]] = {"size": size, "duration": duration}
METHODS: dict[str, Callable[..., Value]] = {
    "size": size,
    "contains": lambda text, part: part in text,
    "startsWith": lambda text, part: text.startswith(part),
    "endsWith": lambda text, part: text.endswith(part),
    "matches": lambda text, pattern: re.search(re.sub(r"\$$", r"\\Z", pattern), text) is not None,
}


def _each(scope: Scope, name: str, holder: Value, body: Expression) -> list[Value]:
    """Return the body's value for each item; an error stands for itself."""
    found: list[Value] = []
    for item in holder:
        try:
            found.append(body({**scope, name: item}))
        except CelError as error:
            found.append(error)
    return found


def _quantified(deciding: Value) -> Callable[[Scope, str, Value, Expression], bool]:
    def quantify(scope: Scope, name: str, holder: Value, body: Expression) -> bool:
        values = _each(scope, name, holder, body)
        if any(value is deciding for value in values):
            return bool(deciding)
        _raise_first(values)
        return not deciding

    return quantify


def _raise_first(values: list[Value]) -> None:
    for value in values:
        if isinstance(value, CelError):
            raise value


def _filter(scope: Scope, name: str, holder: Value, body: Expression) -> list[Value]:
    values = _each(scope, name, holder, body)
    _raise_first(values)
    return [item for item, value in zip(holder, values, strict=True) if value is True]


MACROS: dict[str, Callable[[Scope, str, Value, Expression], Value]] = {
    "all": _quantified(deciding=False),
    "exists": _quantified(deciding=True),
    "exists_one": lambda scope, name, holder, body: len(_filter(scope, name, holder, body)) == 1,
    "filter": _filter,
}
