"""Values by their path, in the schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitserve.values.schema import Schema, below, schema, told

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEP = re.compile(r"\.?(?:(?P<key>[^.\[\]]+)|\[(?P<quoted>\"[^\"]*\")\]|\[(?P<index>[0-9]*)\])")


def find(path: str) -> Schema | None:
    """Return the schema of the value at `path`, such as `inferenceServices.iris.env[0].name`; None if there is none.

    Any word stands for a key that users choose: `inferenceServices.NAME.layout`.
    """
    node: Schema | None = schema()
    for step in _steps(path):
        node = _below(told(node, schema()), step) if node is not None and step is not None else None
    return None if node is None else told(node, schema())


def paths(node: Schema | None = None, prefix: str = "") -> Iterator[str]:
    """Yield the path of every value in the schema, as the reference page writes it, and of KServe's fields below."""
    for name, child in told(schema() if node is None else node, schema()).get("properties", {}).items():
        yield (path := prefix + name)
        yield from paths(child, f"{path}.")
        if isinstance(entry := child.get("items"), dict):
            yield from paths(entry, f"{path}[].")
        for entry in child.get("patternProperties", {}).values():
            yield from paths(entry, f"{path}.NAME.")


def _steps(path: str) -> Iterator[str | int | None]:
    """Yield the steps of a path; None for what is no step."""
    at = 0
    while at < len(path):
        match = _STEP.match(path, at)
        if not match:
            yield None
            return
        at = match.end()
        key = match["key"] or (match["quoted"] or "").strip('"')
        yield key or int(match["index"] or 0)


def _below(node: Schema, step: str | int) -> Schema | None:
    chosen = next(iter(node.get("patternProperties", {}).values()), None)
    return below(node, step) or (chosen if isinstance(step, str) else None)
