"""A value against the node of its structure."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from kitserve.crds.codes import BOUND, CHOICE, FILLED, FORM, MISSING, TWICE, TYPE, UNKNOWN
from kitserve.crds.lookup import FRAMEWORKS
from kitserve.crds.structures import Node
from kitserve.crds.wording import kind_of, known_here
from kitserve.problems import Path, Problem, nearest

_NAMES = {
    "object": "a map",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
Found = Iterator[Problem]


class Checker:
    """Walks an object and the nodes of its structure together."""

    def __init__(self, nodes: list[Node], refilled: bool) -> None:
        # Whether a webhook reads the object into Go's types and writes it anew before the CRD judges it.
        self._nodes, self._refilled = nodes, refilled

    def check(self, value: object, number: int, path: Path) -> Found:
        """All that is wrong with a value by the node of that number."""
        node = self._nodes[number]
        if value is None and self._refilled:
            yield FILLED.problem("null, which KServe takes for an empty item", path=path)
            return
        if self._refilled and "s" in node and isinstance(value, float):
            return
        if value is None and node.get("n"):
            return
        if not _fits(value, node):
            yield _wrong_type(value, node, path)
            return
        yield from _constraints(value, node, path)
        if isinstance(value, dict):
            yield from self._map(value, node, path)
        elif isinstance(value, list) and "i" in node:
            for index, item in enumerate(value):
                yield from self.check(item, node["i"], (*path, index))

    def _map(self, value: dict[str, Any], node: Node, path: Path) -> Found:
        properties = node.get("p", {})
        for key in node.get("r", ()):
            # The API server drops a null before it looks what is there.
            if value.get(key) is None and not (self._refilled and _is_named_by_kserve(key, path)):
                code = FILLED if self._is_refilled(properties[key], path) else MISSING
                yield code.problem("needed here", path=(*path, key))
        for key, child in value.items():
            number = properties.get(key, node.get("a"))
            if number is not None:
                if child is not None:
                    yield from self.check(child, number, (*path, key))
            elif "u" not in node and ("p" in node or not path) and not _is_envelope(key, path):
                yield UNKNOWN.problem(
                    "unknown field", path=(*path, key), hint=known_here(key, sorted(properties))
                )

    def _is_refilled(self, number: int, path: Path) -> bool:
        """Whether Go's empty value of a missing field passes the CRD: a null list doesn't, nor does no predictor."""
        node = self._nodes[number]
        return self._refilled and len(path) > 1 and node.get("t") != "array" and "e" not in node


def _is_named_by_kserve(key: str, path: Path) -> bool:
    """Whether it is the name of a model's container, or of a component's first, which the webhook sets."""
    return key == "name" and (path[-1] in FRAMEWORKS or path[-2:] == ("containers", 0))


def _is_envelope(key: str, path: Path) -> bool:
    return not path and key in {"apiVersion", "kind", "status"}


def _fits(value: object, node: Node) -> bool:
    if "s" in node:
        return isinstance(value, str) or _is_integer(value)
    if "t" not in node:
        return True
    return _TYPES[node["t"]](value)


def _is_integer(value: object) -> bool:
    """Whether Go reads a whole number of JSON as one: those past 64 bits become floats."""
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
    wanted = "a whole number or text" if "s" in node else _NAMES[node["t"]]
    quotes = node.get("t") == "string" and isinstance(value, bool | int | float)
    hint = "write it in quotes" if quotes else ""
    return TYPE.problem(f"expected {wanted}, got {kind_of(value)}", path=path, hint=hint)


def _constraints(value: Any, node: Node, path: Path) -> Found:  # noqa: ANN401 - any JSON
    if "e" in node and value not in node["e"]:
        allowed = [str(choice) for choice in node["e"]]
        close = nearest(value, allowed, cutoff=0.5) if isinstance(value, str) else ""
        hint = f"did you mean {close}?" if close else ""
        yield CHOICE.problem(f"expected one of {', '.join(allowed)}", path=path, hint=hint)
    if "x" in node and isinstance(value, str) and not _pattern(node["x"]).search(value):
        what = "isn't a quantity" if "s" in node else f"must match {node['x']}"
        yield FORM.problem(what, path=path, hint="such as `500m` or `1Gi`" if "s" in node else "")
    for bound, (measure, sentence) in _BOUNDS.items():
        if bound in node and not measure(value, node[bound]):
            yield BOUND.problem(sentence.format(node[bound]), path=path)
    if (
        node.get("f") in _RANGES
        and isinstance(value, int)
        and not -(2 ** _RANGES[node["f"]]) <= value < 2 ** _RANGES[node["f"]]
    ):
        yield BOUND.problem(f"must fit into {_RANGES[node['f']] + 1} bits", path=path)
    if isinstance(value, list) and ("k" in node or "l" in node):
        yield from _repeated(value, node.get("k", []), path)


_RANGES = {"int32": 31, "int64": 63}
_BOUNDS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "minimum": (lambda value, bound: value >= bound, "must be at least {}"),
    "maximum": (lambda value, bound: value <= bound, "must be at most {}"),
    "minLength": (lambda value, bound: len(value) >= bound, "must have at least {} characters"),
    "maxLength": (lambda value, bound: len(value) <= bound, "must have at most {} characters"),
    "minItems": (lambda value, bound: len(value) >= bound, "must have at least {} items"),
    "maxItems": (lambda value, bound: len(value) <= bound, "must have at most {} items"),
    "minProperties": (lambda value, bound: len(value) >= bound, "must have at least {} keys"),
}


def _repeated(items: list[Any], keys: list[str], path: Path) -> Found:
    seen = set()
    what = f"an item with this {', '.join(keys)}" if keys else "this item"
    for index, item in enumerate(items):
        identity = _identity(item, keys)
        if identity in seen:
            yield TWICE.problem(f"{what} is in the list already", path=(*path, index))
        seen.add(identity)


def _identity(item: object, keys: list[str]) -> tuple[str, ...]:
    """What tells an item of a list apart. A port's protocol has a default, which the API server fills in first."""
    if keys and isinstance(item, dict):
        return tuple(repr(item.get(key, "TCP" if key == "protocol" else None)) for key in keys)
    return (repr(item),)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    # In Go `$` matches at the very end only.
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", text))
