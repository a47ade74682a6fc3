"""Texts as yaml.v3 writes them: plain if they would be read as the same text, else quoted or literal."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

_BREAKS = "\n\r\x85\u2028\u2029"
_BOM = "\ufeff"

# fmt: off
_CONSTANTS = frozenset({
    "", "~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE",
    ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
    "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF",
})
# fmt: on
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\n?")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_POINT_FLOAT = re.compile(r"\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?")
_INTEGERS = (
    (re.compile(r"[-+]?0[xX]([0-9a-fA-F]+)"), 16),
    (re.compile(r"(?:[-+]?0[bB]|0b[-+]?)([01]+)"), 2),
    (re.compile(r"(?:[-+]?0[oO]?|0o[-+]?)([0-7]+)"), 8),
    (re.compile(r"[-+]?(0|[1-9][0-9]*)"), 10),
)
_LONGEST_INTEGER = 64
"""Digits of 64 bits, in base 2."""
_DATE = r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
_TIME = r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?"
_TIMESTAMP = re.compile(rf"{_DATE}(?:(?: {_TIME})|(?:[Tt]{_TIME}(?:Z|[-+]([0-9]{{2}}):([0-9]{{2}}))))?")

_ESCAPES = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\xa0": "_",
    "\u2028": "L",
    "\u2029": "P",
}


class Style(Enum):
    """The ways to write a text."""

    PLAIN = auto()
    SINGLE = auto()
    DOUBLE = auto()
    LITERAL = auto()


@dataclass(frozen=True)
class _Look:
    """The properties of a text that decide which styles can hold it."""

    plain: bool
    single: bool
    literal: bool


def style_of(text: str, *, flow: bool, key: bool) -> Style:
    """Choose as yaml.v3 does. `flow`: in a [list]; `key`: of an object."""
    look = _look(text, flow=flow)
    if "\n" in text:
        return Style.LITERAL if look.literal and not flow and not key else Style.DOUBLE
    if not resolves_to_text(text):
        return Style.DOUBLE
    if look.plain:
        return Style.PLAIN
    return Style.SINGLE if look.single else Style.DOUBLE


def resolves_to_text(text: str) -> bool:
    """Return whether an unquoted text is read as a text, by YAML 1.2 and, for old readers, by 1.1."""
    return not (
        text in _CONSTANTS
        or _BASE_60.fullmatch(text)
        or _is_timestamp(text)
        or (text[0] in "+-.0123456789" and _is_number(text))
    )


def escape(text: str) -> str:
    """Escape for double quotes; a text that starts with a byte order mark is escaped throughout."""
    everything = text.startswith(_BOM)
    return "".join(
        _escaped(character)
        if everything or character in '"\\' or character in _BREAKS or not _is_printable(character)
        else character
        for character in text
    )


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return "\\" + _ESCAPES[character]
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _look(text: str, *, flow: bool) -> _Look:
    special = any(character != "\t" and not _is_printable(character) for character in text)
    breaks = any(character in _BREAKS for character in text)
    space_then_break = bool(re.search(f" [{_BREAKS}]", text))
    break_then_space = bool(re.search(f"[{_BREAKS}] ", text))
    edge = text[:1] in (" ", *_BREAKS) or text[-1:] in (" ", *_BREAKS)
    single = not (break_then_space or space_then_break or special or "\t" in text)
    return _Look(
        plain=single and not edge and not breaks and not _has_indicator(text, flow=flow),
        single=single,
        literal=not (text.endswith(" ") or space_then_break or special),
    )


def _has_indicator(text: str, *, flow: bool) -> bool:
    """Return whether the text would be syntax without quotes."""
    if text.startswith(("---", "...")) or text[:1] in "#,[]{}&*!|>'\"%@`":
        return True
    if re.search(r":(?:[ \t]|$)", text) or re.match(r"[?-](?:[ \t]|$)", text):
        return True
    if re.search(rf"[ \t\0{_BREAKS}]#", text):
        return True
    return flow and (text[:1] in "?:" or any(character in ",?[]{}:" for character in text[1:]))


def _is_printable(character: str) -> bool:
    """Return whether yaml.v3 prints it; its table has no characters above U+FFFF."""
    code = ord(character)
    return (
        character == "\n"
        or 0x20 <= code <= 0x7E
        or 0xA0 <= code <= 0xD7FF
        or (0xE000 <= code <= 0xFFFD and character != _BOM)
    )


def _is_number(text: str) -> bool:
    plain = text.replace("_", "")
    if text.startswith("."):
        return bool(_POINT_FLOAT.fullmatch(text)) and math.isfinite(float(plain))
    return _is_integer(plain) or (bool(_FLOAT.fullmatch(plain)) and math.isfinite(float(plain)))


def _is_integer(text: str) -> bool:
    """Return whether Go reads it into 64 bits, with a sign or without."""
    for pattern, base in _INTEGERS:
        if match := pattern.fullmatch(text):
            digits = match[1].lstrip("0") or "0"
            if len(digits) > _LONGEST_INTEGER:
                return False
            value = int(digits, base)
            limit = {"-": 2**63, "+": 2**63 - 1}.get(text[0], 2**64 - 1)
            return value <= limit
    return False


def _is_timestamp(text: str) -> bool:
    match = _TIMESTAMP.fullmatch(text)
    if not match:
        return False
    numbers = [int(group) if group else 0 for group in match.groups()]
    year, month, day, *clock = numbers
    hours, minutes, seconds = (max(pair) for pair in zip(clock[:3], clock[3:6], strict=True))
    in_day = hours < 24 and minutes < 60 and seconds < 60 and clock[6] <= 24 and clock[7] < 60
    return in_day and _is_date(year, month, day)


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        # Go has a year 0, a leap year like 2000.
        date(year or 2000, month, day)
    except ValueError:
        return False
    return True
