"""The nodes of one text, built from the parser's events, each of which comes by here once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from kitserve.helm.limits import refuse_name, refuse_scalar
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

if TYPE_CHECKING:
    from collections.abc import Callable


class Tree:
    """The roots of a text's documents, as far as its events are added."""

    def __init__(self, text: str, lines: int = 0, columns: int = 0) -> None:
        """Begin; `lines`, and `columns` of its first line, stand before the text in its file."""
        self.roots: list[Node] = []
        self._text, self._lines, self._columns = text, lines, columns
        self._anchors: dict[str, Node] = {}
        self._parent: MapNode | ListNode | None = None
        self._key: Node | None = None
        self._in_flow = False
        self._around: list[tuple[MapNode | ListNode | None, Node | None, bool]] = []
        self._adders: dict[type[Event], Callable[[Any], None]] = {
            DocumentStartEvent: self._begin,
            ScalarEvent: self._scalar,
            MappingStartEvent: self._map,
            SequenceStartEvent: self._list,
            MappingEndEvent: self._end,
            SequenceEndEvent: self._end,
            AliasEvent: self._alias,
        }

    def add(self, event: Event) -> None:
        """Add the next event. Raises RefusedTextError."""
        if adder := self._adders.get(type(event)):
            adder(event)

    def _begin(self, _: DocumentStartEvent) -> None:
        self._anchors = {}

    def _scalar(self, event: ScalarEvent) -> None:
        line, column = self._at(event)
        tag = ""
        if event.anchor or event.ctag:
            refuse_name(event, line, column)
            tag = str(event.tag or "")
        if event.style or self._in_flow:
            refuse_scalar(event, self._text, line, column, in_flow=self._in_flow)
        node = ScalarNode(line, column, tag, event.value, event.implicit[0])
        if event.anchor:
            self._anchors[event.anchor] = node
        self._put(node)

    def _alias(self, event: AliasEvent) -> None:
        line, column = self._at(event)
        refuse_name(event, line, column)
        if event.anchor not in self._anchors:
            raise RefusedTextError("not YAML: an alias without an anchor before it", line, column, QUOTE)
        self._put(AliasNode(line, column, self._anchors[event.anchor]))

    def _map(self, event: MappingStartEvent) -> None:
        self._open(event, MapNode(*self._at(event)))

    def _list(self, event: SequenceStartEvent) -> None:
        self._open(event, ListNode(*self._at(event)))

    def _open(self, event: MappingStartEvent | SequenceStartEvent, node: MapNode | ListNode) -> None:
        if event.anchor or event.ctag:
            refuse_name(event, node.line, node.column)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._put(node)
        if len(self._around) == MAX_DEPTH:
            raise too_deep(node)
        self._around.append((self._parent, self._key, self._in_flow))
        self._parent, self._key, self._in_flow = node, None, bool(event.flow_style)

    def _end(self, _: MappingEndEvent | SequenceEndEvent) -> None:
        self._parent, self._key, self._in_flow = self._around.pop()

    def _at(self, event: Event) -> tuple[int, int]:
        """Return the place of an event in the file, from 1."""
        mark = event.start_mark
        line, column = mark.line, mark.column + 1
        return line + 1 + self._lines, column if line else column + self._columns

    def _put(self, node: Node) -> None:
        parent, key = self._parent, self._key
        if parent is None:
            self.roots.append(node)
        elif isinstance(parent, ListNode):
            parent.items.append(node)
        elif key is None:
            self._key = node
        else:
            parent.entries.append((key, node))
            self._key = None
