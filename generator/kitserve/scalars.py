"""How Helm resolves a plain scalar: YAML 1.1's words and numbers, then every number through a float64.

Source: go.yaml.in/yaml v2.4 (resolve.go), which sigs.k8s.io/yaml 1.6 turns into JSON, which Go decodes into float64.
"""

import math
import re
from decimal import Decimal

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
    r"|0(?P<leading>[0-7]*)|(?P<decimal>[1-9][0-9]*))"
)
_BASES = {"binary": 2, "octal": 8, "hexadecimal": 16, "leading": 8, "decimal": 10}
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DOTTED_FLOAT = re.compile(r"\.[0-9]+([eE][-+]?[0-9]+)?")


def resolve(text: str) -> Scalar:
    """What a plain scalar without a tag stands for, its number not yet put through float64.

    Infinities and NaN come back as such: JSON has none, so that Helm refuses them.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] == ".":
        return _finite(text) if _DOTTED_FLOAT.fullmatch(text) else text
    if text[0] in "+-0123456789":
        number = _number(text.replace("_", ""))
        return text if number is None else number
    return text


def through_float64(number: float) -> int | float:
    """A number as Helm writes it: the digits of its float64, and an integer where they show no fraction or exponent."""
    value = float(number)
    if value.is_integer() and abs(value) < 1e21:
        return int(Decimal(repr(value)))
    return value


def _number(plain: str) -> int | float | None:
    match = _INTEGER.fullmatch(plain)
    if match:
        kind = next(name for name in _BASES if match[name] is not None)
        value = int(match[kind] or "0", _BASES[kind]) * (-1 if match["sign"] == "-" else 1)
        if -(2**63) <= value < (2**63 if match["sign"] else 2**64):
            return value
    if _FLOAT.fullmatch(plain):
        value_or_text = _finite(plain)
        return value_or_text if isinstance(value_or_text, float) else None
    return None


def _finite(text: str) -> float | str:
    """The float, or the text itself where the float would be infinite: Helm keeps `1e400` as a string."""
    value = float(text)
    return text if math.isinf(value) else value
