"""One values file: its text as plain data, what is wrong with it, and where each value stands."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kitserve import faults
from kitserve.merge import Values
from kitserve.nodes import AliasNode, InvalidYamlError, ListNode, MapNode, Node, ScalarNode, compose
from kitserve.problems import Code, Path, Position, Problem
from kitserve.scalars import resolve, through_float64


@dataclass(frozen=True)
class Document:
    """A values file as read. `data` is empty where the text couldn't be parsed; `problems` says why."""

    file: str
    data: Values = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    root: Node | None = None

    def locate(self, path: Path) -> Position | None:
        """Where the value at the path stands: its key in a map, itself in a list. None if it isn't in this file."""
        node = place = self.root
        for step in path:
            place, node = _child(node, step)
            if node is None:
                return None
        return Position(self.file, place.line, place.column) if place else None


def parse(file: str, text: str) -> Document:
    """The values in the text of a file (the name is for positions only)."""
    try:
        roots = compose(text.removeprefix("\ufeff"))
    except InvalidYamlError as error:
        position = Position(file, error.line, error.column)
        return Document(
            file, problems=(faults.SYNTAX.problem(f"not YAML: {error.reason}", position=position),)
        )
    construction = _Construction(file)
    data = construction.root(roots)
    return Document(file, data, tuple(construction.problems), roots[0] if roots else None)


class _Construction:
    """Turns nodes into data and collects what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file

    def root(self, roots: list[Node]) -> Values:
        if not roots:
            return {}
        if len(roots) > 1:
            self._report(
                faults.DOCUMENTS, roots[1], (), "a second document starts here: values are one document"
            )
        data = self._value(roots[0], ())
        if data is None:
            return {}
        if not isinstance(data, dict):
            self._report(faults.ROOT, roots[0], (), f"values are a map, this is {_kind(data)}")
            return {}
        return data

    def _report(self, code: Code, node: Node, path: Path, message: str, hint: str = "") -> None:
        position = Position(self._file, node.line, node.column)
        self.problems.append(code.problem(message, path=path, hint=hint, position=position))

    def _value(self, node: Node, path: Path) -> Any:  # noqa: ANN401 - what YAML holds
        if isinstance(node, AliasNode):
            return self._value(node.node, path)
        if isinstance(node, MapNode):
            return self._map(node, path)
        if isinstance(node, ListNode):
            return [self._value(item, (*path, index)) for index, item in enumerate(node.items)]
        return self._scalar(node, path)

    def _map(self, node: MapNode, path: Path) -> Values:
        data: Values = {}
        for key_node, value_node in node.entries:
            key = _key(key_node)
            if key in data:
                self._report(faults.DUPLICATE, key_node, path, f"the key {key} is in this map twice")
            data[key] = self._value(value_node, (*path, key))
        return data

    def _scalar(self, node: ScalarNode, path: Path) -> Any:  # noqa: ANN401
        if not node.plain:
            return node.text
        value = resolve(node.text)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        if not math.isfinite(value):
            self._report(
                faults.NUMBER, node, path, "JSON has no such number", "write it in quotes if it is text"
            )
            return value
        return through_float64(value)


def _key(node: Node) -> str:
    assert isinstance(node, ScalarNode)
    value = resolve(node.text) if node.plain else node.text
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _kind(data: Any) -> str:  # noqa: ANN401
    return "a list" if isinstance(data, list) else "a scalar"


def _child(node: Node | None, step: str | int) -> tuple[Node | None, Node | None]:
    while isinstance(node, AliasNode):
        node = node.node
    if isinstance(node, ListNode) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step], node.items[step]
    if isinstance(node, MapNode):
        for key, value in reversed(node.entries):
            if _key(key) == step:
                return key, value
    return None, None
