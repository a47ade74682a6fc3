"""YAML text to trees of nodes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ruamel.yaml.events import Event

from kitserve.helm import codes
from kitserve.helm.nodes import Node, RefusedTextError
from kitserve.helm.parsing.events import has_fast_parser, parse_events
from kitserve.helm.parsing.tree import Tree

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
    roots: list[Node] = []
    number = 0
    for part in parts:
        tree = Tree(part.text, part.lines, part.columns)
        for event in _events(part, fast=fast):
            if number == MAX_EVENTS[fast]:
                raise _too_long(event, fast=fast)
            number += 1
            tree.add(event)
        roots += tree.roots
    return roots


def _events(part: _Part, *, fast: bool) -> Iterator[Event]:
    try:
        yield from parse_events(part.text, fast=fast)
    except RefusedTextError as error:
        error.line, error.column = part.place(error.line, error.column)
        raise


def _too_long(event: Event, *, fast: bool) -> _TooLongError:
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    message = f"this is more than is read: {MAX_EVENTS[fast]} keys, values and ends of maps and lists"
    hint = "make files of it" if fast else "install kitserve[fast], or make files of it"
    return _TooLongError(message, line, column, hint, codes.SIZE)
