"""YAML text as a tree of nodes that know their places.

Only a YAML parser's events are used: what a scalar stands for is Helm's business (scalars.py), not YAML 1.2's.
"""

import re
from collections.abc import Iterator
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
)
from ruamel.yaml.reader import ReaderError

_ANCHOR = re.compile(r"[-_a-zA-Z0-9]+")
_DIRECTIVE = r"%(?:YAML[ \t]+1\.1\b|TAG[ \t])"
_OTHER_DIRECTIVE = re.compile(rf"(?:{_DIRECTIVE}.*\r?\n|[ \t]*(?:#.*)?\r?\n)*(?!{_DIRECTIVE})%")
# Of JSON, but not of YAML 1.1: an escaped slash, and characters in two halves.
_OTHER_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\(/|u[dD][89a-fA-F])")


@dataclass(slots=True)
class ScalarNode:
    """Text without its quotes; `plain` where YAML leaves it to the reader what it stands for. Places count from 1."""

    line: int
    column: int
    tag: str
    text: str
    plain: bool


@dataclass(slots=True)
class MapNode:
    """Entries in the order of the text, with those of merge keys and with duplicates."""

    line: int
    column: int
    entries: list[tuple["Node", "Node"]] = field(default_factory=list)


@dataclass(slots=True)
class ListNode:
    """Items in the order of the text."""

    line: int
    column: int
    items: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class AliasNode:
    """The node of an anchor once more, perhaps inside itself."""

    line: int
    column: int
    node: "Node"


Node = ScalarNode | MapNode | ListNode | AliasNode


class InvalidYamlError(Exception):
    """The text isn't YAML, as seen at a place that counts from 1."""

    def __init__(self, reason: str, line: int, column: int, hint: str = "") -> None:
        super().__init__(reason)
        self.reason, self.line, self.column, self.hint = reason, line, column, hint


def compose(text: str) -> list[Node]:
    """The root of each document in the text. Raises InvalidYamlError.

    The C parser, if ruamel.yaml.clib is installed, is eight times as fast, and what it can read it reads as
    Helm does. It is too old for `{image: host:5000/name}`, so that the parser in Python has the last word.
    """
    try:
        return _compose(text, pure=False)
    except InvalidYamlError:
        return _compose(text, pure=True)


def _compose(text: str, *, pure: bool) -> list[Node]:
    _refuse_directive(text)
    trees: list[_Tree] = []
    for event in _events(text, pure=pure):
        if isinstance(event, DocumentStartEvent):
            trees.append(_Tree())
        elif trees:
            trees[-1].add(event)
        if isinstance(event, ScalarEvent) and event.style == '"':
            _refuse_escape(event, text)
    return [tree.root for tree in trees if tree.root]


def _events(text: str, *, pure: bool) -> Iterator[Event]:
    line = column = 1
    try:
        for event in YAML(typ="safe", pure=pure).parse(text):
            line, column = event.start_mark.line + 1, event.start_mark.column + 1
            yield event
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = ", ".join(filter(None, (error.context, error.problem)))
        hint = "write spaces instead of the tab" if text[mark.index : mark.index + 1] == "\t" else ""
        raise InvalidYamlError(reason, mark.line + 1, mark.column + 1, hint) from None
    except ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise InvalidYamlError(f"the character U+{error.character:04X} isn't allowed", line, column) from None
    except ValueError:  # how the parser in Python meets an escape past the end of Unicode
        raise InvalidYamlError("a character after this doesn't exist", line, column) from None


def _refuse_directive(text: str) -> None:
    if directive := _OTHER_DIRECTIVE.match(text):
        line = text.count("\n", 0, directive.end()) + 1
        raise InvalidYamlError("Helm knows the directives %YAML 1.1 and %TAG, and this is neither", line, 1)


def _refuse_escape(event: ScalarEvent, text: str) -> None:
    if escape := _OTHER_ESCAPE.search(text[event.start_mark.index : event.end_mark.index]):
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        raise InvalidYamlError(f"Helm doesn't know the escape \\{escape[1]} in this text", line, column)


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
                self._open.append(node)
                self._keys.append(None)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._open.pop()
            self._keys.pop()

    def _node(self, event: NodeEvent) -> Node:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        node: Node
        if isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                raise InvalidYamlError(f"no anchor &{event.anchor} stands before this alias", line, column)
            return AliasNode(line, column, self._anchors[event.anchor])
        if isinstance(event, ScalarEvent):
            node = ScalarNode(line, column, str(event.tag or ""), event.value, event.implicit[0])
        elif isinstance(event, MappingStartEvent):
            node = MapNode(line, column)
        else:
            node = ListNode(line, column)
        if event.anchor:
            if not _ANCHOR.fullmatch(event.anchor):
                raise InvalidYamlError("Helm's anchors are of letters, digits, - and _", line, column)
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
