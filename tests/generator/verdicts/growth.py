"""Further fields for an object, by its structure."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from kitserve.crds.node import Node

from tests.generator.verdicts.words import WORDS

_OUTSIDE = {"apiVersion", "kind", "metadata", "status"}
_DEEPEST = 4


def grow(place: Any, node: Node, chosen: random.Random) -> None:  # noqa: ANN401 - any JSON
    """Add a field or an item somewhere below a place, with a value that mostly fits."""
    below = list(_below(place, node))
    if below and chosen.random() < 0.75:
        grow(*chosen.choice(below), chosen)
    elif isinstance(place, dict) and (known := [name for name in node.properties if name not in _OUTSIDE]):
        name = chosen.choice(known)
        place[name] = made(node.properties[name], chosen)
    elif isinstance(place, dict) and node.extra:
        place[chosen.choice(WORDS)] = made(node.extra, chosen)
    elif isinstance(place, list) and node.items:
        place.append(made(node.items, chosen))


def _below(place: Any, node: Node) -> Iterator[tuple[Any, Node]]:  # noqa: ANN401 - any JSON
    """Yield what a place holds that can grow, with its node."""
    held = place.items() if isinstance(place, dict) else enumerate(place) if isinstance(place, list) else ()
    for step, child in held:
        below = node.items if isinstance(step, int) else node.properties.get(step, node.extra)
        if below and child and isinstance(child, dict | list) and step not in _OUTSIDE:
            yield child, below


def made(node: Node, chosen: random.Random, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON
    """A value that mostly fits a node."""
    if node.choices is not None:
        return chosen.choice(node.choices if chosen.random() < 0.9 else WORDS)
    if node.int_or_string:
        return chosen.choice((1, 80, "80%", "1Gi", "500m", "http", 0, -1, "0"))
    maker = _MAKERS.get(node.type or ("object" if node.properties else "string"), _text)
    return maker(node, chosen, depth)


def _object(node: Node, chosen: random.Random, depth: int) -> dict[str, Any]:
    more = 0.15 if depth < _DEEPEST else 0
    names = [name for name in node.properties if name in node.required or chosen.random() < more]
    value = {name: made(node.properties[name], chosen, depth + 1) for name in names}
    if node.extra and chosen.random() < 5 * more:
        value[chosen.choice(WORDS)] = made(node.extra, chosen, depth + 1)
    return value


def _list(node: Node, chosen: random.Random, depth: int) -> list[Any]:
    many = max(node.bounds.get("minItems", 0), chosen.choice((0, 1, 1, 2)))
    if node.items is None or depth >= _DEEPEST:
        return []
    return [made(node.items, chosen, depth + 1) for _ in range(many)]


def _number(_node: Node, chosen: random.Random, _depth: int) -> int:
    return chosen.choice((0, 1, 1, 2, 3, 10, 80, 100, -1))


def _flag(_node: Node, chosen: random.Random, _depth: int) -> bool:
    return chosen.random() < 0.7


def _text(_node: Node, chosen: random.Random, _depth: int) -> str:
    return chosen.choice(WORDS)


_MAKERS: dict[str, Callable[[Node, random.Random, int], Any]] = {
    "object": _object,
    "array": _list,
    "integer": _number,
    "number": _number,
    "boolean": _flag,
}
