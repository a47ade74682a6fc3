"""Kubernetes objects in files: all documents of a text, with the place of each field."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from kitserve.check import object_rules
from kitserve.crds import validate
from kitserve.helm import codes
from kitserve.helm.construct import Construction, key_of
from kitserve.helm.document import Composed, Document, keys, refusal, scalar_at
from kitserve.helm.nodes import MapNode, Node, RefusedTextError
from kitserve.problems import Path, Position, Problem, first

_HEAD = ("apiVersion", "kind", "metadata")
_HINT = "values go into a file of their own"


@dataclass(frozen=True)
class Object:
    """An object with the places of its fields; `prefix` is its path from its document's root."""

    data: dict[str, Any] = field(repr=False)
    document: Document = field(repr=False)
    prefix: Path = ()

    @property
    def name(self) -> str:
        """Its kind and name, such as `Secret a`."""
        metadata = self.data.get("metadata")
        return f"{self.data['kind']} {metadata.get('name', '') if isinstance(metadata, dict) else ''}".strip()

    def locate(self, path: Path) -> Position | None:
        """Return the place of a field, or of its nearest parent if the field is missing."""
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


def read(composed: Composed, *, whole: bool = False) -> Manifest:
    """Return the objects of a manifest, and the problems of their text.

    Of objects whose kind nothing here judges only the head is built, which names them, unless all of them are wanted
    `whole`: CRDs and the like are most of the text in other people's repositories.
    """
    construction = Construction(composed.file)
    try:
        documents, texts = _documents(composed, construction, whole=whole)
    except RefusedTextError as error:
        return Manifest((), (replace(refusal(composed.file, error), private=True),))
    candidates = [found for document in documents for found in _items(Object(document.data, document))]
    problems = first(_no_object(candidate) for candidate in candidates if not _is_object(candidate.data))
    found = tuple(candidate for candidate in candidates if _is_object(candidate.data))
    private = any(item.data["kind"] == "Secret" for item in found)
    reported = (replace(problem, private=private) for problem in texts)
    return Manifest(found, (*reported, *problems))


def _documents(
    composed: Composed, construction: Construction, *, whole: bool
) -> tuple[list[Document], list[Problem]]:
    """Return the documents, and the problems of their texts: nothing about objects of unknown kinds."""
    documents, others = [], set()
    for root in composed.roots:
        before = len(construction)
        data = construction.build(root if whole else _judged(root))
        if data is not None:
            documents.append(Document(composed.file, data, root=root))
        if _is_object(data) and "items" not in data and validate.is_foreign(data):
            others |= set(range(before, len(construction)))
    return documents, [
        problem for number, problem in enumerate(construction.problems) if number not in others
    ]


def _judged(root: Node) -> Node:
    """Return what is judged of a document: all, or the head of an object that neither a rule nor another object needs.

    Objects of the core group are whole: a rule may look for a ConfigMap that another object names.
    """
    head = {key: scalar_at(root, key) for key in ("apiVersion", "kind")}
    is_core, is_list = "/" not in head["apiVersion"], "items" in set(keys(root))
    is_judged = not validate.is_foreign(head) or object_rules.has_rules(head)
    if is_core or is_list or is_judged or not isinstance(root, MapNode):
        return root
    return MapNode(root.line, root.column, [entry for entry in root.entries if key_of(entry[0]) in _HEAD])


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


def _items(found: Object) -> Iterator[Object]:
    """Yield an object, or the items of a list, of lists within it too, as kubectl does.

    A list is what has `items`, whatever its kind (k8s.io/apimachinery, unstructured/helpers.go). Its items may leave
    out what `InferenceServiceList` says: apiVersion and kind.
    """
    items = found.data.get("items") if _is_object(found.data) else None
    if items is None:
        yield found
        return
    if not isinstance(items, list):
        yield Object(items, found.document, (*found.prefix, "items"))
        return
    for index, item in enumerate(items):
        path = (*found.prefix, "items", index)
        yield from _items(Object(_named(item, found.data), found.document, path))


def _named(item: Any, above: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    """Return the item of a list with the list's apiVersion and kind if it has neither."""
    kind = above["kind"].removesuffix("List")
    if not isinstance(item, dict) or not kind or item.get("apiVersion") or item.get("kind"):
        return item
    return {**item, "apiVersion": above["apiVersion"], "kind": kind}
