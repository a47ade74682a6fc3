"""YAML text as a tree of nodes that know their places.

Only the events of a YAML parser are used: what a scalar stands for is Helm's business (scalars.py), not YAML 1.2's.
"""

from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

MAX_DEPTH = 100


@dataclass(slots=True)
class ScalarNode:
    """Text as YAML unquoted it; `plain` when it has neither quotes nor is a block. Places count from 1."""

    line: int
    column: int
    tag: str
    text: str
    plain: bool


@dataclass(slots=True)
class MapNode:
    """Entries in the order of the text, duplicates and merge keys included."""

    line: int
    column: int
    tag: str
    entries: list[tuple["Node", "Node"]] = field(default_factory=list)


@dataclass(slots=True)
class ListNode:
    """Items in the order of the text."""

    line: int
    column: int
    tag: str
    items: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class AliasNode:
    """The node of an anchor, once more."""

    line: int
    column: int
    node: "Node"


Node = ScalarNode | MapNode | ListNode | AliasNode


class InvalidYamlError(Exception):
    """The text isn't YAML, seen at a place that counts from 1."""

    def __init__(self, reason: str, line: int, column: int) -> None:
        super().__init__(reason)
        self.reason, self.line, self.column = reason, line, column


def compose(text: str) -> list[Node]:
    """The root of each document in the text. Raises InvalidYamlError."""
    trees: list[_Tree] = []
    try:
        for event in YAML(typ="safe").parse(text):
            if isinstance(event, DocumentStartEvent):
                trees.append(_Tree())
            elif trees:
                trees[-1].add(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = ", ".join(filter(None, (error.context, error.problem)))
        raise InvalidYamlError(reason, mark.line + 1, mark.column + 1) from None
    except ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise InvalidYamlError(f"character U+{error.character:04X} isn't allowed", line, column) from None
    return [tree.root for tree in trees if tree.root]


class _Tree:
    """One document while its events come in."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[MapNode | ListNode] = []
        self._keys: list[Node | None] = []
        self._anchors: dict[str, Node] = {}

    def add(self, event: Event) -> None:
        if isinstance(event, NodeEvent):
            node = self._node(event)
            self._place(node)
            if isinstance(node, MapNode | ListNode):
                self._descend(node)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._open.pop()
            self._keys.pop()

    def _node(self, event: NodeEvent) -> Node:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                raise InvalidYamlError(f"there is no anchor &{event.anchor} for this alias", line, column)
            return AliasNode(line, column, self._anchors[event.anchor])
        node: Node
        tag = str(event.tag or "")
        if isinstance(event, ScalarEvent):
            node = ScalarNode(line, column, tag, event.value, event.implicit[0])
        elif isinstance(event, MappingStartEvent):
            node = MapNode(line, column, tag)
        else:
            assert isinstance(event, SequenceStartEvent)
            node = ListNode(line, column, tag)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, ListNode):
            parent.items.append(node)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = node
        else:
            parent.entries.append((key, node))
            self._keys[-1] = None

    def _descend(self, node: MapNode | ListNode) -> None:
        if len(self._open) == MAX_DEPTH:
            raise InvalidYamlError(f"more than {MAX_DEPTH} levels deep", node.line, node.column)
        self._open.append(node)
        self._keys.append(None)
