"""Objects compared with the rules in CEL of their CRD."""

from collections.abc import Iterator
from functools import cache

from kitserve.crds.cel import holds
from kitserve.crds.codes import RULE
from kitserve.crds.defaulting import completed
from kitserve.crds.node import Node
from kitserve.problems import Path, Problem


def check_rules(value: object, root: Node) -> Iterator[Problem]:
    """Yield the rules that aren't true of an object that fits the structure."""
    if _has_rules(root):
        yield from _check(completed(value, root), root, ())


def _check(value: object, node: Node, path: Path) -> Iterator[Problem]:
    for rule, message in node.rules:
        if not holds(rule, value):
            yield RULE.problem(message, path=path)
    if isinstance(value, dict):
        for key, child in value.items():
            below = node.properties.get(key, node.extra)
            if below and _has_rules(below):
                yield from _check(child, below, (*path, key))
    elif isinstance(value, list) and node.items and _has_rules(node.items):
        for index, item in enumerate(value):
            yield from _check(item, node.items, (*path, index))


@cache
def _has_rules(node: Node) -> bool:
    below = (*node.properties.values(), *filter(None, (node.extra, node.items)))
    return bool(node.rules) or any(_has_rules(child) for child in below)
