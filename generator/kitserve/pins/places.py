"""The references by tag in a file, and where each one's digest stands or goes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kitserve.helm.construct import key_of
from kitserve.helm.document import Composed
from kitserve.helm.nodes import AliasNode, ListNode, MapNode, Node, ScalarNode
from kitserve.pins.source import Source
from kitserve.pins.tagged import Tagged, image, modelkit
from kitserve.problems import Path, Position

_IMAGE_KEYS = ("image", "pauseImage")
_SECTION = {"registry", "repository", "tag", "digest", "pullPolicy"}
"""The keys of the value `image`."""
_NULLS = ("", "~", "null", "Null", "NULL")
_DIGEST = re.compile("sha256:[0-9a-f]{64}")
_OPENING = re.compile(r"(?:[&!][^\s]*[ \t]+)*[\"']?")
"""What may stand before a scalar's text on its line: anchor, tag, quote."""


@dataclass(frozen=True)
class Place:
    """A reference by tag in a text. Its digest replaces what is between two offsets, with something around it.

    Without a place (`start` is None) the text is written in a way that can't be changed within a line.
    """

    reference: Tagged
    path: Path
    position: Position
    start: int | None = None
    end: int = 0
    before: str = ""
    after: str = ""


def find(composed: Composed, source: Source, image_defaults: dict[str, str]) -> list[Place]:
    """Return the references by tag in a file, in the order of the text. `image_defaults` are the value `image`'s."""
    seen: set[int] = set()
    finder = _Finder(composed.file, source, image_defaults)
    found = [place for root in composed.roots for place in finder.below(root, (), seen)]
    return sorted(found, key=lambda place: (place.position.line, place.position.column))


@dataclass(frozen=True)
class _Finder:
    file: str
    source: Source
    image_defaults: dict[str, str]

    def below(self, node: Node, path: Path, seen: set[int]) -> Iterator[Place]:
        while isinstance(node, AliasNode):
            node = node.node
        if id(node) in seen:
            return
        seen.add(id(node))
        if isinstance(node, ScalarNode):
            yield from self._scalar(node, path)
        elif isinstance(node, ListNode):
            for number, item in enumerate(node.items):
                yield from self.below(item, (*path, number), seen)
        else:
            for key, value in node.entries:
                name = key_of(key)
                if name == "image" and not path and isinstance(value, MapNode):
                    yield from self._section(value)
                else:
                    yield from self.below(value, (*path, name or ""), seen)

    def _scalar(self, node: ScalarNode, path: Path) -> Iterator[Place]:
        is_image = bool(path) and path[-1] in _IMAGE_KEYS
        found = modelkit(node.text) or (image(node.text) if is_image else None)
        if found:
            yield self._beside(found, node, path)

    def _beside(self, found: Tagged, node: ScalarNode, path: Path) -> Place:
        """Return the place for a digest behind a reference, or of the one that is there."""
        position = Position(self.file, node.line, node.column)
        start = self._text_of(node)
        if start is None:
            return Place(found, path, position)
        end = start + len(node.text)
        if found.digest:
            return Place(found, path, position, end - len(found.digest), end)
        return Place(found, path, position, end, end, "@")

    def _text_of(self, node: ScalarNode) -> int | None:
        """Return the offset of a scalar's text; None if it isn't written as it reads."""
        offset = self.source.offset(node.line, node.column)
        opening = _OPENING.match(self.source.text, offset)
        start = opening.end() if opening else offset
        return start if self.source.text.startswith(node.text, start) else None

    def _section(self, section: MapNode) -> Iterator[Place]:
        """Yield the place of a digest in the value `image`, whose tag is a value of its own."""
        entries = {key_of(key) or "": (key, value) for key, value in section.entries}
        texts = {name: _text(value) for name, (_, value) in entries.items() if isinstance(value, ScalarNode)}
        if not texts.keys() <= _SECTION or not texts.get("tag"):
            return
        told = {**self.image_defaults, **texts}
        name = "/".join(filter(None, (told.get("registry"), told.get("repository"))))
        digest = texts.get("digest", "")
        found = image(f"{name}:{texts['tag']}{f'@{digest}' if _DIGEST.fullmatch(digest) else ''}")
        if found:
            yield self._in_section(found, section, entries)

    def _in_section(self, found: Tagged, section: MapNode, entries: dict[str, tuple[Node, Node]]) -> Place:
        key, tag = entries["tag"]
        path, position = ("image", "tag"), Position(self.file, key.line, key.column)
        held = entries.get("digest", (None, None))[1]
        if isinstance(held, ScalarNode):
            return self._held(found, held, path, position)
        at, text = self.source.offset(key.line, key.column), self.source.text
        start = self._text_of(tag) if isinstance(tag, ScalarNode) else None
        if start is None or not isinstance(tag, ScalarNode):
            return Place(found, path, position)
        end = start + len(tag.text) + (text[start - 1] in "\"'")
        if text[self.source.offset(section.line, section.column)] == "{":
            quote = '"' if text[at] == '"' else ""
            return Place(found, path, position, end, end, f", {quote}digest{quote}: {quote}", quote)
        indent = self.source.indent(at)
        if indent is None:
            return Place(found, path, position)
        line, ending = self.source.end_of_line(end)
        return Place(found, path, position, line, line, f"{ending}{indent}digest: ")

    def _held(self, found: Tagged, held: ScalarNode, path: Path, position: Position) -> Place:
        """Return the place of a digest that is there, perhaps empty."""
        offset, text = self.source.offset(held.line, held.column), self.source.text
        if text[offset : offset + 2] in ('""', "''"):
            return Place(found, path, position, offset + 1, offset + 1)
        start = self._text_of(held)
        if start is None or not held.text:
            return Place(found, path, position)
        return Place(found, path, position, start, start + len(held.text))


def _text(node: ScalarNode) -> str:
    return "" if node.plain and node.text in _NULLS else node.text
