"""The size of Go's tree of a pattern, and Go's limits on it (regexp/syntax/parse.go of Go 1.26).

The tree is Go's but for alternatives that begin alike, whose beginning Go factors out, and Go measures it only where it
has many nodes: it takes some patterns of thousands of characters that are refused here.
"""

from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import groupby

_MAX_COPIES = 1000
_MAX_HEIGHT = 1000
_MAX_SIZE = 128 * 2**20 // 40
"""Instructions."""
_MAX_RUNES = 128 * 2**20 // 4


class UnreadableError(Exception):
    """Go doesn't compile the pattern; the message says why."""


class Kind(Enum):
    """The kind of a part of a pattern, which decides how it joins with its neighbours."""

    LITERAL = auto()
    CLASS = auto()
    SEQUENCE = auto()
    CHOICE = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a pattern: its instructions, its levels, and how often repetitions copy its innermost part."""

    kind: Kind
    size: int = 1
    height: int = 1
    copies: int = 1


_LEAVES = {kind: Node(kind) for kind in Kind}


@dataclass(slots=True)
class _Group:
    captures: bool
    branches: list[Node] = field(default_factory=list)
    parts: list[Node] = field(default_factory=list)


class Tree:
    """The tree while its pattern is read: the open groups, from the outermost on."""

    def __init__(self) -> None:
        self._groups = [_Group(captures=False)]
        self._runes = 0

    @property
    def depth(self) -> int:
        """The number of open groups."""
        return len(self._groups) - 1

    @property
    def has_operand(self) -> bool:
        """Whether the part before can be repeated."""
        return bool(self._groups[-1].parts)

    def add(self, kind: Kind, runes: int, source: str) -> None:  # noqa: ARG002 - for those that read it
        """Add a character, a class with so many ends of ranges, or an assertion, as the pattern has it."""
        self._runes += runes
        if self._runes > _MAX_RUNES:
            raise UnreadableError("more classes of characters than Go keeps")
        self._groups[-1].parts.append(_LEAVES[kind])

    def open(self, *, captures: bool) -> None:
        """Begin a group."""
        self._groups.append(_Group(captures))

    def bar(self) -> None:
        """End an alternative, and begin another."""
        group = self._groups[-1]
        group.branches.append(_sequence(group.parts))
        group.parts = []

    def close(self) -> None:
        """End the innermost group."""
        group = self._groups.pop()
        inner = _choice([*group.branches, _sequence(group.parts)])
        if group.captures:
            inner = _node(Kind.OTHER, inner.size + 2, inner.height + 1, inner.copies)
        self._groups[-1].parts.append(inner)

    def repeat(self, low: int, high: int | None) -> None:
        """Repeat the part before, without limit if `high` is None."""
        parts = self._groups[-1].parts
        inner = parts[-1]
        copies = 0 if high == 0 else max(low if high is None else high, 1) * max(inner.copies, 1)
        if copies > _MAX_COPIES:
            raise UnreadableError("repetitions within repetitions, more than 1000 in all")
        parts[-1] = _node(Kind.OTHER, _repeated(inner.size, low, high), inner.height + 1, copies)

    def end(self) -> None:
        """End the pattern."""
        group = self._groups[-1]
        _choice([*group.branches, _sequence(group.parts)])


def _sequence(parts: list[Node]) -> Node:
    """Return the sequence of nodes; adjacent characters are one text."""
    joined: list[Node] = []
    for is_text, run in groupby(parts, lambda part: part.kind is Kind.LITERAL):
        nodes = list(run)
        joined += [Node(Kind.LITERAL, sum(node.size for node in nodes))] if is_text else nodes
    return _joined(Kind.SEQUENCE, joined, 0)


def _choice(branches: list[Node]) -> Node:
    """Return the choice between nodes; adjacent characters are one class."""
    joined: list[Node] = []
    for branch in branches:
        if joined and _is_one_character(branch) and _is_one_character(joined[-1]):
            joined[-1] = _LEAVES[Kind.CLASS]
        else:
            joined.append(branch)
    return _joined(Kind.CHOICE, joined, len(joined) - 1)


def _joined(kind: Kind, nodes: list[Node], jumps: int) -> Node:
    """Join nodes into one. A sequence in a sequence, and a choice in a choice, adds no level."""
    if len(nodes) == 1:
        return nodes[0]
    if not nodes:
        return _LEAVES[Kind.OTHER]
    size = sum(node.size for node in nodes) + jumps
    height = 1 + max(node.height - (node.kind is kind) for node in nodes)
    return _node(kind, size, height, max(node.copies for node in nodes))


def _node(kind: Kind, size: int, height: int, copies: int) -> Node:
    """Return a node that holds others. Raises UnreadableError above Go's limits."""
    if height > _MAX_HEIGHT:
        raise UnreadableError("groups, alternatives and repetitions within each other, more than 1000")
    if size > _MAX_SIZE:
        raise UnreadableError("a pattern that is too large once its repetitions are written out")
    return Node(kind, max(size, 1), height, copies)


def _repeated(size: int, low: int, high: int | None) -> int:
    """Return the instructions of a repetition: an optional copy takes one more, an unlimited one a jump back."""
    if high is None:
        return low * size + 1 if low else size + 2
    return high * size + high - low


def _is_one_character(node: Node) -> bool:
    return node.kind is Kind.CLASS or (node.kind is Kind.LITERAL and node.size == 1)
