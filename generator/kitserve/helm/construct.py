"""Nodes to plain data, as Helm builds it (decode.go of go.yaml.in/yaml v2.4, sigs.k8s.io/yaml 1.6)."""

import math
from typing import Any

from kitserve.forms import TEMPLATE
from kitserve.helm import codes, lint
from kitserve.helm.nodes import (
    MAX_DEPTH,
    QUOTE,
    AliasNode,
    ListNode,
    MapNode,
    Node,
    RefusedTextError,
    ScalarNode,
    too_deep,
)
from kitserve.helm.scalars import (
    Scalar,
    TagMismatchError,
    key_text,
    resolve,
    resolve_tagged,
    short_tag,
    through_float64,
)
from kitserve.problems import Code, Path, Position, Problem, Tally, shortened

_FEW_ALIASED, _MOST_ALIASED = 100, 400_000
"""Nodes that aliases make of others: so few are never too many, so many always are.

Helm lets through a million, which takes seconds to read.
"""
_OBJECT = frozenset({"apiVersion", "kind"})


def scalar_of(node: ScalarNode) -> Scalar:
    """Return the scalar's value, a number before float64. Raises TagMismatchError."""
    if node.tag:
        return resolve_tagged(node.text, node.tag)
    return resolve(node.text) if node.plain else node.text


def key_of(node: Node) -> str | None:
    """Return the key of a map as Helm's text; None if Helm refuses it."""
    while isinstance(node, AliasNode):
        node = node.node
    try:
        return key_text(scalar_of(node)) if isinstance(node, ScalarNode) else None
    except TagMismatchError:
        return None


def is_merge(key: Node) -> bool:
    """Return whether this is a merge key, which adds the entries of other maps."""
    return isinstance(key, ScalarNode) and key.text == "<<" and (key.plain or key.tag.endswith(":merge"))


class Construction:
    """The data of one file's nodes, and their problems in the order of the text."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._problems: dict[tuple[str, Position], Problem] = {}
        self._tally = Tally()
        self._expanding: list[AliasNode] = []
        self._path: list[str | int] = []
        self._depth = self._aliased = 0
        self._nodes = 1

    def __len__(self) -> int:
        """Return how many problems there are so far."""
        return len(self._problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems so far, as many as are reported. A node that aliases repeat is reported once."""
        return tuple(self._problems.values())

    def report(self, code: Code, node: Node, message: str, hint: str = "", *, below: Path = ()) -> None:
        """Add a problem at a node; `below` goes on from the path of what is being built."""
        position = Position(self._file, node.line, node.column)
        if (code.code, position) not in self._problems and self._tally.takes(code.severity):
            problem = code.problem(message, path=(*self._path, *below), hint=hint, position=position)
            self._problems[code.code, position] = problem

    def build(self, node: Node) -> Any:  # noqa: ANN401 - whatever YAML holds
        """Return the data of a node. Raises RefusedTextError if it is too large."""
        self._spend(node)
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        self._depth += 1
        data = self._data(node)
        self._depth -= 1
        return data

    def _data(self, node: MapNode | ListNode | AliasNode) -> Any:  # noqa: ANN401
        if isinstance(node, MapNode):
            return self._map(node)
        if isinstance(node, ListNode):
            return [self._below(index, item) for index, item in enumerate(node.items)]
        return self._alias(node)

    def _below(self, step: str | int, node: Node) -> Any:  # noqa: ANN401
        self._path.append(step)
        data = self.build(node)
        self._path.pop()
        return data

    def _spend(self, node: Node) -> None:
        """Count a node against Helm's own limit on aliases. Raises RefusedTextError above the limit."""
        if self._depth > MAX_DEPTH:
            raise too_deep(node)
        self._nodes += 1
        self._aliased += bool(self._expanding)
        if self._aliased > _FEW_ALIASED:
            self._bound_aliases(node)

    def _bound_aliases(self, node: Node) -> None:
        share = self._aliased / self._nodes
        many = self._nodes > 1000 and share > _alias_share(self._nodes)
        if many or self._aliased > _MOST_ALIASED:
            raise RefusedTextError("aliases expand to too much", node.line, node.column, code=codes.SIZE)

    def _alias(self, node: AliasNode) -> Any:  # noqa: ANN401
        if any(node is alias for alias in self._expanding):
            message = "an alias is inside its own anchor"
            raise RefusedTextError(message, node.line, node.column, code=codes.SIZE)
        self._expanding.append(node)
        data = self.build(node.node)
        self._expanding.pop()
        return data

    def _map(self, node: MapNode) -> dict[str, Any]:
        data: dict[str, Any] = {}
        own: dict[str, Node] = {}
        joined = False
        for key_node, value_node in node.entries:
            if is_merge(key_node):
                self._merge(value_node, data)
            elif (key := self._key(key_node, node)) is not None:
                if key in own and not joined and not self._tally.has_all("error"):
                    joined = not self._path and own.keys() >= _OBJECT
                    self._report_duplicate(key, key_node, own[key], joined=joined)
                own[key] = key_node
                data[key] = self._below(key, value_node)
        return data

    def _key(self, node: Node, around: MapNode) -> str | None:
        self._spend(node)
        key = key_of(node)
        if key is None and _is_template(node, around):
            self.report(codes.KEY, around, "this is a template, and no value", TEMPLATE)
        elif key is None:
            self.report(codes.KEY, node, "this can't be a key", "write the key as text, in quotes")
        elif pitfall := lint.in_key(node, key):
            self.report(pitfall.code, node, pitfall.message, pitfall.hint, below=(key,))
        return key

    def _report_duplicate(self, key: str, node: Node, first: Node, *, joined: bool) -> None:
        if joined:
            message, hint = "a second object begins here without a separator", "put a line with --- above it"
            self.report(codes.DUPLICATE, node, message, hint, below=(key,))
            return
        spellings = {alias.text for alias in (node, first) if isinstance(alias, ScalarNode)} - {key}
        others = " and ".join(repr(shortened(text)) for text in sorted(spellings))
        read = f", as which Helm reads {others}," if others else ""
        message = f"the key {shortened(key)!r}{read} is in this map already, on line {first.line}"
        hint = "keep one of the two: Helm drops the other silently"
        self.report(codes.DUPLICATE, node, message, hint, below=(key,))

    def _merge(self, node: Node, data: dict[str, Any]) -> None:
        """Add merged entries, which win over those before them; the first map of a list wins over the others."""
        for merged in reversed(node.items) if isinstance(node, ListNode) else [node]:
            target = merged.node if isinstance(merged, AliasNode) else merged
            if isinstance(target, MapNode):
                data.update(self.build(merged))
            else:
                self.report(codes.MERGE, merged, "<< needs a map or a list of maps")

    def _scalar(self, node: ScalarNode) -> Scalar:
        try:
            value = scalar_of(node)
        except TagMismatchError:
            self.report(codes.TAG, node, f"this doesn't have the type of its tag {short_tag(node.tag)}")
            return node.text
        if pitfall := lint.in_scalar(node, value, self._path):
            self.report(pitfall.code, node, pitfall.message, pitfall.hint)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return value
        if math.isfinite(value):
            return through_float64(value)
        self.report(codes.NUMBER, node, "JSON has no infinity and no NaN", QUOTE)
        return node.text


def _is_template(key: Node, around: MapNode) -> bool:
    """Return whether a map in a map is the `{{` of a template."""
    return isinstance(key, MapNode) and (key.line, key.column) == (around.line, around.column + 1)


def _alias_share(nodes: int) -> float:
    """Return the share of a document's nodes that may come from aliases: 99 % of few, 10 % of very many."""
    return 0.99 - 0.89 * min(max(nodes - 400_000, 0) / 3_600_000, 1)
