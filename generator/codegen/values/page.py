"""The page of all values, and the chart's: groups of tables, in which each key stands once."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kitserve.report.explanation import type_of
from kitserve.values.schema import Schema, told

from codegen import schema
from codegen.reference import code, page, table
from codegen.values.groups import GROUPS, grouped

_HEAD = ("Value", "Type", "Default", "Description")
_INTRODUCTION = (
    "The values of the chart and of `kitserve render`. `kitserve explain` shows each of them on a terminal, by its "
    "path in these tables, and [editors](../guide/editors.md) complete and explain them. `NAME` is a name of your "
    "choice, `[]` an item of a list. Null removes a default and leaves the value empty. A value without a default, "
    "such as one in an entry of `inferenceServices`, can't be null."
)
_Row = tuple[str, ...]


def text() -> str:
    """Return the page of all values."""
    root = schema.schema()
    links = " · ".join(f"[{group.title}](#{group.title.lower().replace(' ', '-')})" for group in GROUPS)
    return page("Values", _INTRODUCTION, links, *groups(root, "##"), *_kserves(root))


def groups(root: Schema, level: str) -> Iterator[str]:
    """Yield the parts of all groups, whose titles are of a level: `##`, or below."""
    shown = _Shown()
    for group, keys in grouped(root["properties"]):
        yield f"{level} {group.title}"
        yield group.introduction
        nodes = {key: root["properties"][key] for key in keys}
        alone = [row for key, node in nodes.items() if not _has_keys(node) for row in _rows(node, key)]
        if alone:
            yield _table(alone)
        for key, node in nodes.items():
            if _has_keys(node):
                yield from shown.section(key, node, f"{level}#")


@dataclass
class _Shown:
    """The sections that a page has already, by the keys that their entries may have."""

    entries: dict[str, Schema] = field(default_factory=dict)

    def section(self, key: str, node: Schema, level: str) -> Iterator[str]:
        """Yield a section's title, description and table, or where its keys stand already."""
        entries = next(iter(node.get("patternProperties", {}).values()), None)
        path, below = (f"{key}.NAME", entries) if entries else (key, node)
        yield f"{level} {key}"
        yield node["description"]
        known = next((other for other, shown in self.entries.items() if _is_within(below, shown)), None)
        if known:
            yield _reference(known, below, self.entries[known])
        else:
            self.entries[path] = below
            yield _table(_below(below, path))


def _reference(known: str, node: Schema, shown: Schema) -> str:
    missing = [f"`{key}`" for key in shown["properties"] if key not in node["properties"]]
    without = f", without {' and '.join(missing)}" if missing else ""
    return f"The keys are those of `{known}`{without}."


def _is_within(node: Schema, shown: Schema) -> bool:
    """Return whether all keys of a section are keys of another one, with the same meaning."""
    return all(
        key in shown["properties"] and shown["properties"][key]["description"] == child["description"]
        for key, child in node["properties"].items()
    )


def _has_keys(node: Schema) -> bool:
    return any("properties" in each for each in (node, *node.get("patternProperties", {}).values()))


def _table(rows: Iterable[_Row]) -> str:
    """Return a table, without the column of defaults if no value has one."""
    listed = list(rows)
    if any(default for _, _, default, _ in listed):
        return table(_HEAD, listed)
    return table((*_HEAD[:2], _HEAD[3]), [(path, kind, told) for path, kind, _, told in listed])


def _rows(node: Schema, path: str) -> Iterator[_Row]:
    """Yield the rows of a value and of what is below it."""
    if "properties" in node and "default" not in node:
        yield from _below(node, path)
        return
    default = code(json.dumps(node["default"], ensure_ascii=False)) if "default" in node else ""
    yield code(path), _type(node), default, node["description"]
    for entry in node.get("patternProperties", {}).values():
        yield from _below(entry, f"{path}.NAME")
    yield from _below(node.get("items", {}), f"{path}[]")


def _below(node: Schema, path: str) -> Iterator[_Row]:
    for name, child in node.get("properties", {}).items():
        yield from _rows(child, f"{path}.{name}")


def _type(node: Schema) -> str:
    if "enum" in node:
        return ", ".join(code(choice) for choice in node["enum"] if choice)
    return type_of(node)


def _kserves(root: Schema) -> Iterator[str]:
    """Yield the part on the fields of KServe's that a predictor takes."""
    (service,) = root["properties"]["inferenceServices"]["patternProperties"].values()
    predictor = told(service["properties"]["predictor"], root)
    model = told(predictor["properties"]["model"], root)
    path = "inferenceServices.NAME.predictor"
    yield "## KServe's own fields"
    yield (
        f"`{path}` takes every field of KServe's `spec.predictor`. These are used most; editors and `kitserve explain` "
        "know those below them too. `kitserve validate` judges all fields by KServe's own structure."
    )
    yield table(
        ("Value", "Type", "Description"),
        (*_told(predictor, path, root), *_told(model, f"{path}.model", root)),
    )


def _told(node: Schema, path: str, root: Schema) -> Iterator[_Row]:
    for name, child in node["properties"].items():
        known = told(child, root)
        kind = "list" if "items" in known else "map" if "properties" in known else _type(known)
        yield code(f"{path}.{name}"), kind, child["description"]
