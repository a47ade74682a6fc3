"""YAML text to a tree of nodes."""

from functools import lru_cache

from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from kitserve.helm import codes
from kitserve.helm.events import has_fast_parser, parse_events
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

MAX_EVENTS = {False: 100_000, True: 800_000}
"""Keys, values and ends of maps and lists that are read in some seconds, by libyaml (True) and in Python."""


def compose(text: str) -> list[Node]:
    """The root of each document in the text. Raises RefusedTextError.

    libyaml is eight times as fast as the parser in Python, and what it can read it reads as Helm does. It is too old
    for `{image: host:5000/name}`, so that the parser in Python has the last word, if the text isn't too long for it.
    """
    composed = _composed(text)
    if isinstance(composed, RefusedTextError):
        raise composed.with_traceback(None)
    return composed


@lru_cache(maxsize=1)
def _composed(text: str) -> list[Node] | RefusedTextError:
    """Kept for the next question about the same text: whether it is a manifest is asked before it is read as values."""
    try:
        return _by_the_best(text)
    except RefusedTextError as error:
        return error


def _by_the_best(text: str) -> list[Node]:
    if not has_fast_parser():
        return _compose(text, fast=False)
    try:
        return _compose(text, fast=True)
    except RefusedTextError as error:
        if error.code != codes.SYNTAX:
            raise
        first = error
    try:
        return _compose(text, fast=False)
    except _TooLongError:
        raise first from None


class _TooLongError(RefusedTextError):
    """Reading on would take too long."""


def _compose(text: str, *, fast: bool) -> list[Node]:
    trees: list[_Tree] = []
    for number, event in enumerate(parse_events(text, fast=fast)):
        if number == MAX_EVENTS[fast]:
            raise _too_long(event, fast=fast)
        if isinstance(event, DocumentStartEvent):
            trees.append(_Tree())
        elif trees:
            trees[-1].add(event)
    return [tree.root for tree in trees if tree.root]


def _too_long(event: Event, *, fast: bool) -> _TooLongError:
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    message = f"this is more than is read: {MAX_EVENTS[fast]} keys, values and ends of maps and lists"
    hint = "make files of it" if fast else "install kitserve[fast], or make files of it"
    return _TooLongError(message, line, column, hint, codes.SIZE)


class _Tree:
    """One document while its events come in."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[MapNode | ListNode] = []
        self._keys: list[Node | None] = []
        self._anchors: dict[str, Node] = {}

    def add(self, event: Event) -> None:
        """Take the next event of this document."""
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
        node: Node
        if isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                raise RefusedTextError("not YAML: an alias of no anchor before it", line, column, QUOTE)
            return AliasNode(line, column, self._anchors[event.anchor])
        if isinstance(event, ScalarEvent):
            node = ScalarNode(line, column, str(event.tag or ""), event.value, event.implicit[0])
        elif isinstance(event, MappingStartEvent):
            node = MapNode(line, column)
        else:
            node = ListNode(line, column)
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
            raise too_deep(node)
        self._open.append(node)
        self._keys.append(None)
