"""What a node demands of a value of the right type: choices, patterns, bounds, items that differ."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from kitserve.crds.codes import BOUND, CHOICE, FORM, TWICE
from kitserve.crds.node import Node
from kitserve.crds.wording import NO_QUANTITY, choice_here
from kitserve.forms import form_of
from kitserve.problems import Path, Problem


def is_constrained(node: Node) -> bool:
    """Return whether a node demands anything of a value but its type: most don't."""
    return bool(node.pattern or node.bounds or node.choices is not None or node.list_keys or node.is_set)


def check_constraints(value: Any, node: Node, path: Path) -> Iterator[Problem]:  # noqa: ANN401 - any JSON
    """Yield the constraints of a node that a value breaks."""
    if node.choices is not None and value not in node.choices:
        allowed = [str(choice) for choice in node.choices]
        message = f"expected one of {', '.join(allowed)}"
        yield CHOICE.problem(message, path=path, hint=choice_here(value, allowed))
    if node.pattern and isinstance(value, str) and not _pattern(node.pattern).search(value):
        what = NO_QUANTITY if node.int_or_string else "doesn't have the form that is needed here"
        yield FORM.problem(what, path=path, hint=form_of(value, node.pattern))
    for name, bound in node.bounds.items():
        measure, message = _BOUNDS[name]
        if not measure(value, bound):
            yield BOUND.problem(message.format(bound), path=path)
    if isinstance(value, list) and (node.list_keys or node.is_set):
        yield from _repeated(value, node.list_keys, path)


_BOUNDS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "minimum": (lambda value, bound: value >= bound, "must be at least {}"),
    "maximum": (lambda value, bound: value <= bound, "must be at most {}"),
    "minLength": (lambda value, bound: len(value) >= bound, "must have at least {} characters"),
    "maxLength": (lambda value, bound: len(value) <= bound, "must have at most {} characters"),
    "minItems": (lambda value, bound: len(value) >= bound, "must have at least {} items"),
    "maxItems": (lambda value, bound: len(value) <= bound, "must have at most {} items"),
    "minProperties": (lambda value, bound: len(value) >= bound, "must have at least {} keys"),
}


def _repeated(items: list[Any], keys: Sequence[str], path: Path) -> Iterator[Problem]:
    seen = set()
    what = f"an item with this {', '.join(keys)}" if keys else "this item"
    for index, item in enumerate(items):
        identity = _identity(item, keys)
        if identity in seen:
            yield TWICE.problem(f"{what} is in the list already", path=(*path, index))
        seen.add(identity)


def _identity(item: object, keys: Sequence[str]) -> tuple[str, ...]:
    """Return an item's identity in its list.

    The API server first fills in the default of a port's protocol, and a webhook an empty value of any other key.
    """
    if keys and isinstance(item, dict):
        return tuple(_written(item.get(key, "TCP" if key == "protocol" else None) or "") for key in keys)
    return (_written(item),)


def _written(value: object) -> str:
    """Return a value's text. 1.0 is 1."""
    return repr(int(value) if isinstance(value, float) and value.is_integer() else value)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    # In Go `$` matches at the very end only.
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", text))
