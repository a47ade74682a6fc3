"""A value compared with the node of its structure."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from kitserve.crds.codes import BOUND, CHOICE, FORM, MISSING, OVERFLOW, TWICE, TYPE, UNKNOWN
from kitserve.crds.lookup import FRAMEWORKS
from kitserve.crds.node import Node
from kitserve.crds.rewriting import Rewriting, fits_empty, is_dropped, is_left_out, written_empty
from kitserve.crds.wording import NO_QUANTITY, kind_of, known_here
from kitserve.forms import form, list_like, map_like
from kitserve.problems import Path, Problem, nearest

_NAMES = {
    "object": "a map",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


class Checker:
    """Walks an object and the nodes of its structure together.

    `rewritten` says how a webhook reads the object into Go's types and writes it again before the CRD judges it;
    `is_read` whether any webhook reads it into Go's types.
    """

    def __init__(self, rewritten: Rewriting | None = None, *, is_read: bool = True) -> None:
        self._rewritten = rewritten
        self._overflow = BOUND if is_read else OVERFLOW

    def check(self, value: object, node: Node, path: Path) -> Iterator[Problem]:
        """Yield the problems of a value by its node."""
        if value is None and self._rewritten:
            yield from _null(node, path, self._rewritten)
            return
        if self._is_free(value, node):
            return
        if not _fits(value, node):
            yield _wrong_type(value, node, path)
            return
        yield from _constraints(value, node, path)
        if not _fits_into_bits(value, node):
            yield self._overflow.problem(f"must fit into {_bits(node)} bits", path=path)
        if isinstance(value, dict):
            yield from self._map(value, node, path)
        elif isinstance(value, list) and node.items:
            for index, item in enumerate(value):
                yield from self.check(item, node.items, (*path, index))

    def _is_free(self, value: object, node: Node) -> bool:
        """Return whether a value needs no check: Go's type of quantities reads any number, that of ports doesn't."""
        quantity = self._rewritten is not None and node.int_or_string and bool(node.pattern)
        return (quantity and _TYPES["number"](value)) or (value is None and node.nullable)

    def _map(self, value: dict[str, Any], node: Node, path: Path) -> Iterator[Problem]:
        properties = node.properties
        written = written_empty(path) if self._rewritten else ()
        for key in dict.fromkeys((*node.required, *written)):
            # The API server drops a null before it checks the required fields.
            absent = value.get(key) is None or (value[key] == "" and is_dropped(key, path))
            if absent and key in properties:
                yield from self._missing(key, node, path)
        for key, child in value.items():
            below = properties.get(key, node.extra)
            if below:
                if child is not None:
                    yield from self.check(child, below, (*path, key))
            elif not node.keeps_unknown and (properties or not path) and not _is_envelope(key, path):
                yield UNKNOWN.problem(
                    "unknown field", path=(*path, key), hint=known_here(key, sorted(properties))
                )

    def _missing(self, key: str, node: Node, path: Path) -> Iterator[Problem]:
        if not self._is_filled(key, node, path):
            yield MISSING.problem("needed here", path=(*path, key))
        elif self._rewritten and self._rewritten.filled and not self._is_named(key, path):
            yield self._rewritten.filled.problem("needed here", path=(*path, key))

    def _is_filled(self, key: str, node: Node, path: Path) -> bool:
        """Return whether a webhook writes a missing field so that the CRD admits it. It fails without a predictor."""
        if self._rewritten is None or (*path, key) == ("spec", "predictor") or is_left_out(key, path):
            return False
        return fits_empty(node.properties[key], (*path, key))

    def _is_named(self, key: str, path: Path) -> bool:
        """Return whether it is a container's name that the webhook sets: a model's, or a component's first."""
        named = self._rewritten is not None and self._rewritten.names_containers and key == "name"
        return named and (path[-1] in FRAMEWORKS or path[-2:] == ("containers", 0))


def _null(node: Node, path: Path, rewritten: Rewriting) -> Iterator[Problem]:
    if not fits_empty(node, path):
        yield TYPE.problem("null, which KServe reads as an empty item that the CRD refuses", path=path)
    elif rewritten.filled:
        yield rewritten.filled.problem("null, which KServe reads as an empty item", path=path)


def _is_envelope(key: str, path: Path) -> bool:
    return not path and key in {"apiVersion", "kind", "status"}


def _fits(value: object, node: Node) -> bool:
    if node.int_or_string:
        return isinstance(value, str) or _is_integer(value)
    return not node.type or _TYPES[node.type](value)


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
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}


def _wrong_type(value: object, node: Node, path: Path) -> Problem:
    wanted = "a whole number or text" if node.int_or_string else _NAMES[node.type]
    return TYPE.problem(
        f"expected {wanted}, got {kind_of(value)}", path=path, hint=_right_type(value, node, path)
    )


def _right_type(value: object, node: Node, path: Path) -> str:
    """Return how a value of the right type is written."""
    if node.type == "string" and isinstance(value, bool | int | float):
        return "write it in quotes"
    if node.type in {"integer", "number", "boolean"} and isinstance(value, str):
        return "write it without quotes" if _reads_as(value, node.type) else ""
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    if node.type == "object":
        return map_like(key, [*node.required, *sorted(node.properties)])
    return list_like(key) if node.type == "array" else ""


def _reads_as(text: str, wanted: str) -> bool:
    """Return whether a text would be a number, or true or false, without its quotes."""
    return text in {"true", "false"} if wanted == "boolean" else text.lstrip("+-").isdecimal()


def _constraints(value: Any, node: Node, path: Path) -> Iterator[Problem]:  # noqa: ANN401 - any JSON
    if node.choices is not None and value not in node.choices:
        allowed = [str(choice) for choice in node.choices]
        close = nearest(value, allowed, cutoff=0.5) if isinstance(value, str) else ""
        hint = f"did you mean {close}?" if close else ""
        yield CHOICE.problem(f"expected one of {', '.join(allowed)}", path=path, hint=hint)
    if node.pattern and isinstance(value, str) and not _pattern(node.pattern).search(value):
        what = NO_QUANTITY if node.int_or_string else "doesn't have the form that is needed here"
        yield FORM.problem(what, path=path, hint=form(node.pattern))
    for name, bound in node.bounds.items():
        measure, message = _BOUNDS[name]
        if not measure(value, bound):
            yield BOUND.problem(message.format(bound), path=path)
    if isinstance(value, list) and (node.list_keys or node.is_set):
        yield from _repeated(value, node.list_keys, path)


_BITS = {"int32": 32, "int64": 64}


def _bits(node: Node) -> int:
    """Return the size of a number's type in Go, also of a port's; 0 if it has none."""
    return 32 if node.int_or_string and not node.pattern else _BITS.get(node.format, 0)


def _fits_into_bits(value: object, node: Node) -> bool:
    bits = _bits(node)
    return not (bits and isinstance(value, int | float)) or -(2**bits) <= 2 * value < 2**bits


_BOUNDS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "minimum": (lambda value, bound: value >= bound, "must be at least {}"),
    "maximum": (lambda value, bound: value <= bound, "must be at most {}"),
    "minLength": (lambda value, bound: len(value) >= bound, "must have at least {} characters"),
    "maxLength": (lambda value, bound: len(value) <= bound, "must have at most {} characters"),
    "minItems": (lambda value, bound: len(value) >= bound, "must have at least {} items"),
    "maxItems": (lambda value, bound: len(value) <= bound, "must have at most {} items"),
    "minProperties": (lambda value, bound: len(value) >= bound, "must have at least {} keys"),
}


def _repeated(items: list[Any], keys: Sequence[str], path: Path) -> Iterator[Problem]:
    seen = set()
    what = f"an item with this {', '.join(keys)}" if keys else "this item"
    for index, item in enumerate(items):
        identity = _identity(item, keys)
        if identity in seen:
            yield TWICE.problem(f"{what} is in the list already", path=(*path, index))
        seen.add(identity)


def _identity(item: object, keys: Sequence[str]) -> tuple[str, ...]:
    """Return an item's identity in its list.

    The API server first fills in the default of a port's protocol, and a webhook an empty value of any other key.
    """
    if keys and isinstance(item, dict):
        return tuple(_written(item.get(key, "TCP" if key == "protocol" else None) or "") for key in keys)
    return (_written(item),)


def _written(value: object) -> str:
    """Return a value's text. 1.0 is 1."""
    return repr(int(value) if isinstance(value, float) and value.is_integer() else value)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    # In Go `$` matches at the very end only.
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", text))
