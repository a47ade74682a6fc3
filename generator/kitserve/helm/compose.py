"""YAML text to a tree of nodes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
"""Parts of a text that the parser in Python and libyaml read in some seconds: keys, values, ends of maps and lists."""


def compose(text: str) -> list[Node]:
    """Return the root of each document in the text. Raises RefusedTextError.

    libyaml is eight times as fast as the parser in Python, and reads as Helm does. It is too old
    for `{image: host:5000/name}`, so the parser in Python tries what libyaml refuses,
    unless the text is too long for it.
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
    whole = [_Part(text)]
    try:
        return _by_one_of_two(whole)
    except RefusedTextError as error:
        parts = list(_objects(text)) if error.code == codes.SYNTAX else whole
        if len(parts) < 2:
            raise
    return _by_one_of_two(parts)


def _by_one_of_two(parts: Sequence["_Part"]) -> list[Node]:
    if not has_fast_parser():
        return _compose(parts, fast=False)
    try:
        return _compose(parts, fast=True)
    except RefusedTextError as error:
        if error.code != codes.SYNTAX:
            raise
        first = error
    try:
        return _compose(parts, fast=False)
    except _TooLongError:
        raise first from None


@dataclass(frozen=True)
class _Part:
    """A text to parse, and how many lines, and characters of its first line, stand before it in its file."""

    text: str
    lines: int = 0
    columns: int = 0

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Return a place of the part, from 1, as a place of the file."""
        return line + self.lines, column + self.columns if line == 1 else column


def _objects(text: str) -> Iterator[_Part]:
    """Yield JSON objects that stand one after another, as kubectl reads them and YAML doesn't; nothing for a fault."""
    decoder, at, line, begun = json.JSONDecoder(), 0, 0, 0
    found: list[_Part] = []
    while at < len(text):
        start = len(text) - len(text[at:].lstrip()) if text[at : at + 1].isspace() else at
        if not text.startswith("{", start):
            break
        line, begun = line + text.count("\n", at, start), max(begun, text.rfind("\n", at, start) + 1)
        try:
            _, at = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            return
        found.append(_Part(text[start:at], line, start - begun))
        line, begun = line + text.count("\n", start, at), max(begun, text.rfind("\n", start, at) + 1)
    yield from found if not text[at:].strip() else ()


class _TooLongError(RefusedTextError):
    """Reading on would take too long."""


def _compose(parts: Sequence[_Part], *, fast: bool) -> list[Node]:
    trees: list[_Tree] = []
    number = 0
    for part in parts:
        try:
            for event in parse_events(part.text, fast=fast):
                if number == MAX_EVENTS[fast]:
                    raise _too_long(event, fast=fast)
                number += 1
                if isinstance(event, DocumentStartEvent):
                    trees.append(_Tree(part))
                elif trees:
                    trees[-1].add(event)
        except RefusedTextError as error:
            error.line, error.column = part.place(error.line, error.column)
            raise
    return [tree.root for tree in trees if tree.root]


def _too_long(event: Event, *, fast: bool) -> _TooLongError:
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    message = f"this is more than is read: {MAX_EVENTS[fast]} keys, values and ends of maps and lists"
    hint = "make files of it" if fast else "install kitserve[fast], or make files of it"
    return _TooLongError(message, line, column, hint, codes.SIZE)


class _Tree:
    """One document, built from its events."""

    def __init__(self, part: _Part) -> None:
        self._part = part
        self.root: Node | None = None
        self._open: list[MapNode | ListNode] = []
        self._keys: list[Node | None] = []
        self._anchors: dict[str, Node] = {}

    def add(self, event: Event) -> None:
        """Add the next event of this document."""
        if isinstance(event, NodeEvent):
            node = self._node(event)
            self._place(node)
            if isinstance(node, MapNode | ListNode):
                self._descend(node)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._open.pop()
            self._keys.pop()

    def _node(self, event: NodeEvent) -> Node:
        line, column = self._part.place(event.start_mark.line + 1, event.start_mark.column + 1)
        node: Node
        if isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                raise RefusedTextError("not YAML: an alias without an anchor before it", line, column, QUOTE)
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
