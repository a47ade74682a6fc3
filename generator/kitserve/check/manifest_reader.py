"""Kubernetes objects in files: every document of a text, with the place of each field."""

from dataclasses import dataclass, field, replace
from typing import Any

from kitserve.helm import codes
from kitserve.helm.compose import compose
from kitserve.helm.construct import Construction, is_merge, key_of
from kitserve.helm.document import Document
from kitserve.helm.nodes import MapNode, Node, RefusedTextError
from kitserve.problems import Path, Position, Problem, first

_MEANT = frozenset({"apiVersion", "kind"})
_HINT = "values go into a file of their own"


@dataclass(frozen=True)
class Object:
    """An object as read, and where its fields stand; `prefix` leads to it from its document's root."""

    data: dict[str, Any] = field(repr=False)
    document: Document = field(repr=False)
    prefix: Path = ()

    @property
    def name(self) -> str:
        """Its kind and name, as people say it."""
        metadata = self.data.get("metadata")
        return f"{self.data['kind']} {metadata.get('name', '') if isinstance(metadata, dict) else ''}".strip()

    def locate(self, path: Path) -> Position | None:
        """The place of a field; for one that isn't there its nearest parent's."""
        full = (*self.prefix, *path)
        for length in range(len(full), -1, -1):
            if position := self.document.locate(full[:length]):
                return position
        return None


@dataclass(frozen=True)
class Manifest:
    """A file that holds objects."""

    objects: tuple[Object, ...]
    problems: tuple[Problem, ...]


def parse(file: str, text: str) -> Manifest | None:
    """The objects of a text; None where it holds nothing that looks like one, or can't be read."""
    construction = Construction(file)
    try:
        roots = compose(text.removeprefix("\ufeff"))
    except RefusedTextError:
        return None
    if not any(map(_may_be_meant, roots)):
        return None
    try:
        built = [(construction.build(root), root) for root in roots]
    except RefusedTextError as error:
        position = Position(file, error.line, error.column)
        refused = replace(error.code.problem(str(error), hint=error.hint, position=position), private=True)
        return Manifest((), (refused,))
    documents = [Document(file, data, root=root) for data, root in built if data is not None]
    if not any(_is_meant(document.data) for document in documents):
        return None
    candidates = [candidate for document in documents for candidate in _items(document)]
    problems = first(_no_object(candidate) for candidate in candidates if not _is_object(candidate.data))
    found = tuple(candidate for candidate in candidates if _is_object(candidate.data))
    private = any(item.data["kind"] == "Secret" for item in found)
    told = (replace(problem, private=private) for problem in construction.problems)
    return Manifest(found, (*told, *problems))


def _may_be_meant(root: Node) -> bool:
    """Whether a document may be to be an object, as far as can be said before it is built."""
    return isinstance(root, MapNode) and any(
        is_merge(key) or key_of(key) in _MEANT for key, _ in root.entries
    )


def _is_meant(data: object) -> bool:
    """Whether it is to be an object, if not a whole one: values have neither key."""
    return isinstance(data, dict) and not _MEANT.isdisjoint(data)


def _is_object(data: object) -> bool:
    return (
        isinstance(data, dict)
        and isinstance(data.get("apiVersion"), str)
        and isinstance(data.get("kind"), str)
    )


def _no_object(candidate: Object) -> Problem:
    position = candidate.locate(())
    message = "this isn't an object: it needs apiVersion and kind, each of them text"
    return codes.NO_OBJECT.problem(message, path=candidate.prefix, position=position, hint=_HINT)


def _items(document: Document) -> list[Object]:
    """What is to be an object in a document: itself, or the items of a List."""
    items = document.data.get("items") if _is_object(document.data) else None
    if isinstance(items, list) and document.data["kind"] == "List":
        return [Object(item, document, ("items", index)) for index, item in enumerate(items)]
    return [Object(document.data, document)]
