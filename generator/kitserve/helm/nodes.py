"""The nodes of a YAML text, each with its place. scalars.py resolves scalars."""

from dataclasses import dataclass, field

from kitserve.helm import codes
from kitserve.problems import Code

MAX_DEPTH = 100
"""Levels of maps and lists. Helm's limit is 10,000, far past what any reader of the values stands."""

QUOTE = "write it in quotes if it is text"


@dataclass(slots=True)
class ScalarNode:
    """Text without its quotes; `plain`: the reader resolves its type. Places count from 1."""

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
    """Another occurrence of an anchor's node, perhaps inside itself."""

    line: int
    column: int
    node: "Node"


Node = ScalarNode | MapNode | ListNode | AliasNode


class RefusedTextError(Exception):
    """A text that can't be read further than a place, which counts from 1."""

    def __init__(
        self, message: str, line: int, column: int, hint: str = "", code: Code = codes.SYNTAX
    ) -> None:
        super().__init__(message)
        self.line, self.column, self.hint, self.code = line, column, hint, code


def too_deep(node: Node) -> RefusedTextError:
    """Return the error for one level too many."""
    message = f"values nest more than {MAX_DEPTH} levels deep"
    return RefusedTextError(message, node.line, node.column, code=codes.SIZE)
