"""YAML as KitOps writes it: Go's yaml.v3 with indent 2, whose choices of style and quotes are followed exactly.

It matters because `kit unpack` compares an existing Kitfile byte by byte. Texts, lists and objects as JSON has them
come out; every number is a float64, as it is to Go after JSON.
"""

from __future__ import annotations

import math
from typing import Any

from kitserve_initializer.modelkit.kitfile_yaml.key_order import in_order
from kitserve_initializer.modelkit.kitfile_yaml.scalars import Style, escape, style_of

_INDENT = 2
_SIMPLE_KEY_BYTES = 128
_BREAKS = "\n\r\x85\u2028\u2029"


class Flow(list[Any]):
    """A list that is written in one line."""


class Ordered(dict[str, Any]):
    """An object whose keys keep their order; those of a plain dict are sorted."""


def dump(document: dict[str, Any]) -> str:
    """Return the document as YAML."""
    emitter = _Emitter()
    emitter.node(document, -_INDENT)
    emitter.indent(0)
    return "".join(emitter.out)


class _Emitter:
    """The text so far, and the state that the next token depends on."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._column = 0
        self._whitespace = True
        self._indention = True

    def node(self, value: object, indent: int) -> None:
        """Write a value that belongs to a collection at `indent`."""
        if isinstance(value, Flow):
            self._flow(value, indent + _INDENT)
        elif isinstance(value, dict) and value:
            self._mapping(value, indent + _INDENT)
        elif isinstance(value, list) and value:
            self._sequence(value, indent + _INDENT)
        elif isinstance(value, dict | list):
            self._indicator("{}" if isinstance(value, dict) else "[]", spaced=True)
        else:
            self._scalar(value, indent + _INDENT)

    def indent(self, indent: int) -> None:
        """Go to column `indent`, in a new line unless this one has only been indented yet."""
        if not self._indention or self._column > indent or (self._column == indent and not self._whitespace):
            self._break("\n")
        self._put(" " * (indent - self._column))
        self._whitespace = True

    def _mapping(self, mapping: dict[str, Any], indent: int) -> None:
        for key in mapping if isinstance(mapping, Ordered) else in_order(mapping):
            self.indent(indent)
            if len(key.encode()) <= _SIMPLE_KEY_BYTES and not set(_BREAKS) & set(key):
                self._scalar(key, indent, key=True)
                self._indicator(":")
            else:
                self._indicator("?", spaced=True, indents=True)
                self._scalar(key, indent + _INDENT)
                self.indent(indent)
                self._indicator(":", spaced=True, indents=True)
            self.node(mapping[key], indent)

    def _sequence(self, items: list[Any], indent: int) -> None:
        for item in items:
            self.indent(indent)
            self._indicator("-", spaced=True, indents=True)
            self.node(item, indent)

    def _flow(self, items: list[Any], indent: int) -> None:
        self._indicator("[", spaced=True)
        self._whitespace = True
        for index, item in enumerate(items):
            if index:
                self._indicator(",")
            self._scalar(item, indent + _INDENT, flow=True)
        self._indicator("]")

    def _scalar(self, value: object, indent: int, *, flow: bool = False, key: bool = False) -> None:
        if not isinstance(value, str):
            self._plain(_constant(value))
            return
        match style_of(value, flow=flow, key=key):
            case Style.PLAIN:
                self._plain(value)
            case Style.SINGLE:
                self._indicator("'", spaced=True)
                self._lines(value.replace("'", "''"), indent)
                self._indicator("'")
            case Style.DOUBLE:
                self._indicator('"' + escape(value) + '"', spaced=True)
            case Style.LITERAL:
                self._literal(value, indent)

    def _plain(self, text: str) -> None:
        self._indicator(text, spaced=bool(text))

    def _literal(self, value: str, indent: int) -> None:
        self._indicator("|" + _hints(value), spaced=True)
        self._whitespace = True
        self._lines(value, indent, after_break=True)

    def _lines(self, value: str, indent: int, *, after_break: bool = False) -> None:
        for character in value:
            if character in _BREAKS:
                self._break(character)
            else:
                if after_break:
                    self.indent(indent)
                self._put(character)
                self._indention = False
            after_break = character in _BREAKS

    def _indicator(self, text: str, *, spaced: bool = False, indents: bool = False) -> None:
        if spaced and not self._whitespace:
            self._put(" ")
        self._put(text)
        self._whitespace = False
        self._indention = self._indention and indents

    def _put(self, text: str) -> None:
        self.out.append(text)
        self._column += len(text)

    def _break(self, character: str) -> None:
        self.out.append(character)
        self._column = 0
        self._indention = True


def _hints(value: str) -> str:
    """Return a literal's indicators: its indentation, and how many line breaks end it."""
    indentation = str(_INDENT) if value[0] in " " + _BREAKS else ""
    if value[-1] not in _BREAKS:
        return indentation + "-"
    return indentation + ("+" if len(value) == 1 or value[-2] in _BREAKS else "")


def _constant(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, int | float):
        raise TypeError(f"{type(value).__name__} isn't a type of JSON")
    return format_float(float(value))


def format_float(value: float) -> str:
    """Format as Go's FormatFloat(value, 'g', -1, 64): shortest digits, an exponent below 1e-4 and from 1e6 on."""
    sign = "-" if math.copysign(1, value) < 0 else ""
    digits, exponent = _shortest(abs(value))
    if not -4 <= exponent < 6:
        point = "." if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{point}{digits[1:]}e{exponent:+03d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole, fraction = digits[: exponent + 1].ljust(exponent + 1, "0"), digits[exponent + 1 :]
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def _shortest(value: float) -> tuple[str, int]:
    """Return the fewest digits that read back as `value`, and the exponent of the first of them."""
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    first = len(digits) - len(fraction) - 1 + int(exponent or "0")
    return (digits.rstrip("0"), first) if digits else ("0", 0)
