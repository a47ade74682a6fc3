"""Scalars as Helm resolves them: YAML 1.1's words and numbers, and then every number through a float64.

Source: resolve.go of go.yaml.in/yaml v2.4; sigs.k8s.io/yaml 1.6 turns its result into JSON, and Go decodes a JSON
number into a float64.
"""

import base64
import math
import re
import struct
from datetime import datetime
from decimal import Decimal
from types import NoneType

Scalar = str | int | float | bool | None

_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_INTEGER = re.compile(
    r"(?P<sign>[-+]?)(?:0[bB](?P<binary>[01]+)|0[oO](?P<octal>[0-7]+)|0[xX](?P<hexadecimal>[0-9a-fA-F]+)"
    r"|0(?P<leading>[0-7]*)|(?P<decimal>[1-9][0-9]{,19}))|0b(?P<signed>[-+][01]+)"
)
_BASES = {"binary": 2, "octal": 8, "hexadecimal": 16, "leading": 8, "decimal": 10, "signed": 2}
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DOTTED_FLOAT = re.compile(r"\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?")

_YAML = "tag:yaml.org,2002:"
_TYPES = {f"{_YAML}bool": bool, f"{_YAML}int": int, f"{_YAML}float": float, f"{_YAML}null": NoneType}
_BINARY, _TIMESTAMP = f"{_YAML}binary", f"{_YAML}timestamp"
_DATE, _TIME = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", "[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}"
_MOMENT = re.compile(
    rf"({_DATE})(?:[Tt]({_TIME})([.][0-9]+)?(?:Z|[-+][0-9]{{2}}:[0-9]{{2}})| ({_TIME})([.][0-9]+)?)?"
)
_TEXT = ("", "!", f"{_YAML}str", f"{_YAML}merge")


class TagMismatchError(ValueError):
    """The text doesn't have the type of its tag."""


def resolve(text: str) -> Scalar:
    """Return the value of a plain scalar without a tag, a number before float64.

    The result may be infinite or NaN, which Helm refuses, because JSON has neither.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] == ".":
        return _finite(text) if _DOTTED_FLOAT.fullmatch(text) else text
    if text[0] in "+-0123456789":
        return _number(text)
    return text


def resolve_tagged(text: str, tag: str) -> Scalar:
    """Return the value of a scalar with a tag (long form), quoted or not. Raises TagMismatchError."""
    if tag == _BINARY:
        return _decode_base64(text)
    if tag == _TIMESTAMP and not _is_timestamp(text):
        raise TagMismatchError
    if tag not in _TYPES:
        return text
    value = resolve(text)
    if tag == f"{_YAML}float" and type(value) is int and value < 2**63:
        value = float(value)
    if type(value) is not _TYPES[tag]:
        raise TagMismatchError
    return value


def is_ignored(tag: str) -> bool:
    """Return whether Helm ignores a scalar's tag that other readers know."""
    return tag != _BINARY and tag not in _TYPES and tag not in _TEXT


def short_tag(tag: str) -> str:
    """Return the tag in its short form, such as `!!int`."""
    return f"!!{tag.removeprefix(_YAML)}" if tag.startswith(_YAML) else tag


def through_float64(number: float) -> int | float:
    """Return a finite number as Helm's toYaml writes it: an integer if float64's shortest digits are one of 64 bits."""
    if isinstance(number, int) and abs(number) < 2**53:
        return number
    value = float(number)
    if value.is_integer() and -(2**63) <= (digits := int(Decimal(repr(value)))) < 2**64:
        return digits
    return value


def key_text(value: Scalar) -> str | None:
    """Return the key of a map as Helm's text; None for null and for integers above int64, which Helm refuses."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value < 2**63 else None
    return None if value is None else _float32_text(value)


def _number(text: str) -> Scalar:
    plain = text.replace("_", "")
    match = _INTEGER.fullmatch(plain)
    if match:
        kind = next(name for name in _BASES if match[name] is not None)
        value = int(match[kind] or "0", _BASES[kind]) * (-1 if match["sign"] == "-" else 1)
        if -(2**63) <= value < (2**63 if match["sign"] else 2**64):
            return value
    if _FLOAT.fullmatch(plain) and not math.isinf(float(plain)):
        return float(plain)
    return text


def _finite(text: str) -> float | str:
    """Return the float, or the text if the float would be infinite: Helm keeps `1e400` as a string."""
    value = float(text)
    return text if math.isinf(value) else value


def _decode_base64(text: str) -> str:
    try:
        return base64.b64decode(text.translate({10: None, 13: None}), validate=True).decode()
    except ValueError:  # bytes that aren't base64, or not UTF-8
        raise TagMismatchError from None


def _is_timestamp(text: str) -> bool:
    """Return whether Go parses it as a timestamp: a date, with a time and zone after a T, or a time after a blank."""
    if not (match := _MOMENT.fullmatch(text)):
        return False
    time = match[2] or match[4] or "0:0:0"
    try:
        datetime.strptime(f"{match[1]} {time} +0000", "%Y-%m-%d %H:%M:%S %z")
    except ValueError:
        return False
    return True


def _float32_text(value: float) -> str:
    """Format as Go's strconv.FormatFloat(value, 'g', -1, 32), with YAML's words for infinities and NaN."""
    single = _float32(value)
    if math.isinf(single):
        return ".inf" if single > 0 else "-.inf"
    if math.isnan(single):
        return ".nan"
    digits = next(digits for digits in range(9) if _float32(float(f"{single:.{digits}e}")) == single)
    text = f"{single:.{digits}e}"
    exponent = int(text.partition("e")[2])
    return f"{single:.{max(digits - exponent, 0)}f}" if -4 <= exponent < 6 else text


def _float32(value: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)
