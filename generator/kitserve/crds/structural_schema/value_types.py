"""The type of a value, and what is written instead of a value of a wrong one."""

from collections.abc import Callable

from kitserve.crds.codes import TYPE
from kitserve.crds.node import Node
from kitserve.crds.wording import kind_of
from kitserve.forms import list_like, map_like, unquoted
from kitserve.problems import Path, Problem

_NAMES = {
    "object": "a map",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_BITS = {"int32": 32, "int64": 64}


def fits(value: object, node: Node) -> bool:
    """Return whether a value has the type of its node."""
    if node.int_or_string:
        return isinstance(value, str) or _is_integer(value)
    return not node.type or _TYPES[node.type](value)


def is_number(value: object) -> bool:
    """Return whether a value is a number, which true isn't."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: object) -> bool:
    """Return whether Go reads a number as an integer: larger ones than 64 bits become floats, and 1.0 becomes 1."""
    if isinstance(value, float):
        return value.is_integer() and abs(value) < 2**63
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


_TYPES: dict[str, Callable[[object], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": is_number,
}


def wrong_type(value: object, node: Node, path: Path) -> Problem:
    """Return the problem of a value that hasn't the type of its node."""
    wanted = "a whole number or text" if node.int_or_string else _NAMES[node.type]
    return TYPE.problem(
        f"expected {wanted}, got {kind_of(value)}", path=path, hint=_right_type(value, node, path)
    )


def _right_type(value: object, node: Node, path: Path) -> str:
    """Return how a value of the right type is written."""
    if node.type == "string" and isinstance(value, bool | int | float):
        return "write it in quotes"
    if node.type in {"integer", "number", "boolean"} and isinstance(value, str):
        return unquoted(value, node.type)
    if node.type == "object":
        return map_like(path, value, [*node.required, *sorted(node.properties)])
    return list_like(path) if node.type == "array" else ""


def bits_of(node: Node) -> int:
    """Return the size of a number's type in Go, also of a port's; 0 if it has none."""
    return 32 if node.int_or_string and not node.pattern else _BITS.get(node.format, 0)


def fits_into_bits(value: object, node: Node) -> bool:
    """Return whether a number fits into its type in Go."""
    if not isinstance(value, (int, float)):
        return True
    bits = bits_of(node)
    return not bits or -(2**bits) <= 2 * value < 2**bits
