"""One values file: its plain data, its problems, and the place of each value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kitserve.helm import codes
from kitserve.helm.compose import compose
from kitserve.helm.construct import Construction, is_merge, key_of
from kitserve.helm.limits import place
from kitserve.helm.merge import Values
from kitserve.helm.nodes import AliasNode, ListNode, MapNode, Node, RefusedTextError, ScalarNode
from kitserve.problems import Path, Position, Problem

_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?$", re.MULTILINE)
"""The head of a block of text, and of little else."""

_KEYS = "write keys, such as `image: {tag: v1}`, or name another file"
_MARK = re.compile(r"(\A|^---[^\n]*\n)\ufeff", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """A values file as read. `data` is empty if the file isn't a map of values; `problems` says why."""

    file: str
    data: Values = field(default_factory=dict, repr=False)
    problems: tuple[Problem, ...] = ()
    root: Node | None = field(default=None, repr=False)
    _indices: dict[int, dict[str, tuple[Node, Node]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def locate(self, path: Path) -> Position | None:
        """Return the place of the value at the path: its key in a map, itself in a list. None without one."""
        place = value = self.root
        for step in path:
            place, value = self._child(value, step)
        return Position(self.file, place.line, place.column) if place else None

    def _child(self, node: Node | None, step: str | int) -> tuple[Node | None, Node | None]:
        """Return the node with a child's place, and the child: a map's key and value, or a list's item twice."""
        while isinstance(node, AliasNode):
            node = node.node
        if isinstance(node, ListNode) and isinstance(step, int) and 0 <= step < len(node.items):
            return node.items[step], node.items[step]
        if isinstance(node, MapNode) and isinstance(step, str):
            return self._index(node).get(step, (None, None))
        return None, None

    def _index(self, node: MapNode) -> dict[str, tuple[Node, Node]]:
        """Return the entries of a map by key, computed once: a map may have thousands of problems."""
        if id(node) not in self._indices:
            found: dict[str, tuple[Node, Node]] = {}
            for entry in _entries_backwards(node):
                if (key := key_of(entry[0])) is not None:
                    found.setdefault(key, entry)
            self._indices[id(node)] = found
        return self._indices[id(node)]


@dataclass(frozen=True)
class Composed:
    """A file's text as nodes, the roots of its documents; `refused` is the reason if there are none."""

    file: str
    text: str = field(repr=False)
    roots: tuple[Node, ...] = field(default=(), repr=False)
    refused: RefusedTextError | None = None


def compose_text(file: str, text: str) -> Composed:
    """Return the nodes of a text. `file` is its name in positions."""
    text = without_marks(text)
    try:
        return Composed(file, text, tuple(compose(text)))
    except RefusedTextError as error:
        return Composed(file, text, refused=error)


def without_marks(text: str) -> str:
    """Return a text without the byte order marks of the files that were joined to it, one before each document."""
    return _MARK.sub(r"\1", text) if "\ufeff" in text else text


def parse(file: str, text: str) -> Document:
    """Return the values in a file's text. `file` is its name in positions."""
    return document(compose_text(file, text))


def document(composed: Composed) -> Document:
    """Return the values in a file."""
    construction, roots = Construction(composed.file), composed.roots
    try:
        if composed.refused:
            raise composed.refused
        data = _build(construction, roots)
        if roots and _is_unended(composed.text, data):
            message = "the file ends within a block of text: Helm 4 adds a line break to it, Helm 3 none"
            end = ScalarNode(*place(composed.text, len(composed.text)), "", "", plain=False)
            construction.report(codes.UNENDED, end, message, "end the file with a line break")
    except RefusedTextError as error:
        return Document(composed.file, problems=(*construction.problems, refusal(composed.file, error)))
    return Document(composed.file, data, construction.problems, roots[0] if roots else None)


def refusal(file: str, error: RefusedTextError) -> Problem:
    """Return the problem of a text that can't be read as YAML."""
    position = Position(file, error.line, error.column)
    return error.code.problem(str(error), hint=error.hint, position=position)


def entries(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the keys of a map with their nodes, including those of `<<`; none for other nodes."""
    for key_node, value in _entries_backwards(node):
        if (key := key_of(key_node)) is not None:
            yield key, value


def keys(node: Node) -> Iterator[str]:
    """Yield the keys of a map, including those of `<<`; none for other nodes."""
    return (key for key, _ in entries(node))


def scalar_at(node: Node, key: str) -> str:
    """Return the text of a map's scalar; empty without one."""
    values = (value for own, value in _entries_backwards(node) if key_of(own) == key)
    found = next(values, None)
    return found.text if isinstance(found, ScalarNode) else ""


def _build(construction: Construction, roots: tuple[Node, ...]) -> Values:
    if roots and {"apiVersion", "kind"} <= set(keys(roots[0])):
        message = "this is a Kubernetes object, and values are something else"
        construction.report(codes.ROOT, roots[0], message, "check objects by `kitserve validate FILE`")
        return {}
    for root in [root for root in roots[1:] if not _is_empty(root)][:1]:
        message = "a second document starts here, and values are one"
        construction.report(codes.DOCUMENTS, root, message, "give each document a file and an -f of its own")
    data = construction.build(roots[0]) if roots else None
    if isinstance(data, dict):
        return data
    if data is not None:
        construction.report(codes.ROOT, roots[0], "values are a map of keys, and this is none", _KEYS)
    return {}


def _is_unended(text: str, data: Values) -> bool:
    """Return whether a line break at the end of the text changes the values."""
    if text.endswith(("\n", "\r")) or not _BLOCK.search(text):
        return False
    return _build(Construction(""), tuple(compose(f"{text}\n"))) != data


def _is_empty(root: Node) -> bool:
    """Return whether a document is empty, as after a last `---`, which both versions of Helm ignore."""
    return isinstance(root, ScalarNode) and root.plain and root.text == ""


def _entries_backwards(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the entries of a map, a winning one before those that it overrides, merged ones at their key's place."""
    while isinstance(node, AliasNode):
        node = node.node
    for key, value in reversed(node.entries if isinstance(node, MapNode) else []):
        if not is_merge(key):
            yield key, value
            continue
        for merged in value.items if isinstance(value, ListNode) else [value]:
            yield from _entries_backwards(merged)
