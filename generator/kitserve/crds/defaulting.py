"""Objects as the API server completes them: with the CRD's defaults, and without nulls."""

import copy
from typing import Any

from kitserve.crds.node import Node


def completed(value: Any, node: Node) -> Any:  # noqa: ANN401 - any JSON
    """Return a value with the defaults of its node and of all below it."""
    if isinstance(value, list) and node.items:
        return [completed(item, node.items) for item in value]
    if not isinstance(value, dict):
        return value
    filled = {
        key: copy.deepcopy(child.default[0])
        for key, child in node.properties.items()
        if child.default and (value.get(key) is None and not (child.nullable and key in value))
    }
    known = {key: (child, node.properties.get(key, node.extra)) for key, child in {**value, **filled}.items()}
    return {
        key: completed(child, below) if below else child
        for key, (child, below) in known.items()
        if child is not None or (below and below.nullable)
    }
