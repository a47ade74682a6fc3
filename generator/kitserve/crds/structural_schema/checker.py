"""A value compared with the node of its structure."""

from collections.abc import Iterator, Mapping
from typing import Any

from kitserve.crds import go_quantity
from kitserve.crds.codes import BOUND, FORM, MISSING, NUMBERLESS, OVERFLOW, TYPE, UNKNOWN
from kitserve.crds.lookup import FRAMEWORKS
from kitserve.crds.node import Node
from kitserve.crds.structural_schema.constraints import check_constraints, is_constrained
from kitserve.crds.structural_schema.rewriting import (
    Rewriting,
    fits_empty,
    is_dropped,
    is_left_out,
    written_empty,
)
from kitserve.crds.structural_schema.value_types import bits_of, fits, fits_into_bits, is_number, wrong_type
from kitserve.crds.wording import NO_QUANTITY, known_here
from kitserve.forms import QUANTITIES, form_of, is_resource, shown
from kitserve.problems import Path, Problem


class Checker:
    """Walks an object and the nodes of its structure together.

    `rewritten` says how a webhook reads the object into Go's types and writes it again before the CRD judges it;
    `is_read` whether any webhook reads it into Go's types.
    """

    def __init__(self, rewritten: Rewriting | None = None, *, is_read: bool = True) -> None:
        self._rewritten = rewritten
        self._is_read = is_read
        self._overflow = BOUND if is_read else OVERFLOW

    def check(self, value: object, node: Node, path: Path) -> Iterator[Problem]:
        """Yield the problems of a value by its node."""
        if value is None and self._rewritten:
            yield from _null(node, path, self._rewritten)
            return
        if self._is_free(value, node):
            return
        if not fits(value, node):
            yield wrong_type(value, node, path)
            return
        if is_constrained(node):
            yield from self._constraints(value, node, path)
        if not fits_into_bits(value, node):
            yield self._overflow.problem(f"must fit into {bits_of(node)} bits", path=path)
        if isinstance(value, dict):
            yield from self._map(value, node, path)
        elif isinstance(value, list) and node.items:
            for index, item in enumerate(value):
                yield from self.check(item, node.items, (*path, index))

    def _is_free(self, value: object, node: Node) -> bool:
        """Return whether a value needs no check: Go's type of quantities reads any number, that of ports doesn't."""
        quantity = self._rewritten is not None and _is_quantity(node)
        return (quantity and is_number(value)) or (value is None and node.nullable)

    def _constraints(self, value: object, node: Node, path: Path) -> Iterator[Problem]:
        """Yield the constraints that a value breaks; where a webhook rewrites a quantity, the CRD sees a right one."""
        read = self._is_read and _is_quantity(node) and isinstance(value, str)
        found = [] if read and self._rewritten else list(check_constraints(value, node, path))
        yield from found
        if not read or found:
            return
        hint = form_of(str(value), node.pattern)
        if (number := go_quantity.number(str(value))) is None:
            yield FORM.problem(NO_QUANTITY, path=path, hint=hint)
        elif not number.strip("+-."):
            yield NUMBERLESS.problem("has no number, and KServe reads 0", path=path, hint=hint)

    def _map(self, value: dict[str, Any], node: Node, path: Path) -> Iterator[Problem]:
        properties = node.properties
        written = written_empty(path) if self._rewritten else ()
        for key in dict.fromkeys((*node.required, *written)):
            # The API server drops a null before it checks the required fields.
            absent = value.get(key) is None or (value[key] == "" and is_dropped(key, path))
            if absent and key in properties:
                yield from self._missing(key, node, path)
        for key, child in value.items():
            below = properties.get(key, node.extra)
            if below:
                if child is not None:
                    yield from self.check(child, below, (*path, key))
            elif not node.keeps_unknown and (properties or not path) and not _is_envelope(key, path):
                yield UNKNOWN.problem(
                    "unknown field", path=(*path, key), hint=_known_beside(key, value, properties)
                )

    def _missing(self, key: str, node: Node, path: Path) -> Iterator[Problem]:
        hint = shown(key)
        if not self._is_filled(key, node, path):
            yield MISSING.problem("needed here", path=(*path, key), hint=hint)
        elif self._rewritten and self._rewritten.filled and not self._is_named(key, path):
            yield self._rewritten.filled.problem("needed here", path=(*path, key), hint=hint)

    def _is_filled(self, key: str, node: Node, path: Path) -> bool:
        """Return whether a webhook writes a missing field so that the CRD admits it. It fails without a predictor."""
        if self._rewritten is None or (*path, key) == ("spec", "predictor") or is_left_out(key, path):
            return False
        return fits_empty(node.properties[key], (*path, key))

    def _is_named(self, key: str, path: Path) -> bool:
        """Return whether it is a container's name that the webhook sets: a model's, or a component's first."""
        named = self._rewritten is not None and self._rewritten.names_containers and key == "name"
        return named and (path[-1] in FRAMEWORKS or path[-2:] == ("containers", 0))


def _null(node: Node, path: Path, rewritten: Rewriting) -> Iterator[Problem]:
    if not fits_empty(node, path):
        yield TYPE.problem("null, which KServe reads as an empty item that the CRD refuses", path=path)
    elif rewritten.filled:
        yield rewritten.filled.problem("null, which KServe reads as an empty item", path=path)


def _is_quantity(node: Node) -> bool:
    return node.int_or_string and bool(node.pattern)


def _known_beside(key: str, value: dict[str, Any], properties: Mapping[str, Node]) -> str:
    """Return a hint for an unknown field: none of those that are there already is meant."""
    if {"limits", "requests"} <= properties.keys() and is_resource(key):
        return f"write it below limits: or requests:, such as `limits: {{{key}: {QUANTITIES.get(key, '1')}}}`"
    held = [name for name in properties if value.get(name) is not None]
    return known_here(key, sorted(properties.keys() - set(held)), held)


def _is_envelope(key: str, path: Path) -> bool:
    return not path and key in {"apiVersion", "kind", "status"}
