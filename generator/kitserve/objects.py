"""Kubernetes objects in files: every document of a text, with the place of each field."""

from dataclasses import dataclass, field
from typing import Any

from kitserve.compose import compose
from kitserve.construct import Construction
from kitserve.document import Document
from kitserve.nodes import RefusedTextError
from kitserve.problems import Path, Position, Problem


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
    """The objects of a text, if each of its documents has apiVersion and kind; None where it is none of objects."""
    construction = Construction(file)
    try:
        roots = compose(text.removeprefix("\ufeff"))
        built = [(construction.build(root), root) for root in roots]
    except RefusedTextError:
        return None
    documents = [Document(file, data, root=root) for data, root in built if data is not None]
    if not documents or not all(_is_object(document.data) for document in documents):
        return None
    found = tuple(item for document in documents for item in _items(document))
    return Manifest(found, construction.problems)


def _is_object(data: object) -> bool:
    return (
        isinstance(data, dict)
        and isinstance(data.get("apiVersion"), str)
        and isinstance(data.get("kind"), str)
    )


def _items(document: Document) -> list[Object]:
    items = document.data.get("items")
    if document.data["kind"] == "List" and isinstance(items, list):
        return [
            Object(item, document, ("items", index)) for index, item in enumerate(items) if _is_object(item)
        ]
    return [Object(document.data, document)]
