"""Objects compared with the rules in CEL of their CRD."""

import re
from collections.abc import Iterator
from functools import cache

from kitserve.crds.cel import holds
from kitserve.crds.codes import RULE
from kitserve.crds.defaulting import completed
from kitserve.crds.lookup import at
from kitserve.crds.node import Node
from kitserve.problems import Path, Problem, dotted

_FIELD = re.compile(r"\bself((?:\.[A-Za-z_]\w*)+)(\()?")
_DEMANDS = re.compile(r"\b(required|must be specified|must have|must be set)\b", re.IGNORECASE)


def check_rules(value: object, root: Node) -> Iterator[Problem]:
    """Yield the rules that aren't true of an object that fits the structure."""
    if _has_rules(root):
        yield from _check(completed(value, root), root, ())


def _check(value: object, node: Node, path: Path) -> Iterator[Problem]:
    for rule, message in node.rules:
        if not holds(rule, value):
            yield _broken(rule, message, value, path)
    if isinstance(value, dict):
        for key, child in value.items():
            below = node.properties.get(key, node.extra)
            if below and _has_rules(below):
                yield from _check(child, below, (*path, key))
    elif isinstance(value, list) and node.items and _has_rules(node.items):
        for index, item in enumerate(value):
            yield from _check(item, node.items, (*path, index))


def _broken(rule: str, message: str, value: object, path: Path) -> Problem:
    """Return the problem of a rule that isn't true: what it reads are the other places."""
    said, _, advice = message.partition("; ")
    if not advice.startswith(("use ", "choose ")):
        said, advice = message, ""
    written = [field for field in _fields(rule) if at(value, field) is not None]
    missing = [field for field in _fields(rule) if field not in written]
    if not advice and (named := (missing if _DEMANDS.search(said) else written) or missing):
        verb = "write" if named is missing else "change"
        advice = f"{verb} {' or '.join(map(dotted, named))}"
    return RULE.problem(said, path=path, hint=advice, also=tuple((*path, *field) for field in written))


@cache
def _fields(rule: str) -> tuple[Path, ...]:
    """Return the paths below `self` that a rule reads, without those that lead to others of them."""
    found = [(tuple(match[1][1:].split(".")), bool(match[2])) for match in _FIELD.finditer(rule)]
    paths = dict.fromkeys(path[:-1] if called else path for path, called in found)
    return tuple(
        path for path in paths if path and not any(other[: len(path)] == path != other for other in paths)
    )


@cache
def _has_rules(node: Node) -> bool:
    below = (*node.properties.values(), *filter(None, (node.extra, node.items)))
    return bool(node.rules) or any(_has_rules(child) for child in below)
