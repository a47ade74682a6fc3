"""The text of chart/values.yaml: the defaults in groups, each under its description, and services to begin from."""

import json
from collections.abc import Iterator
from typing import Any

from kitserve.values.schema import Schema, defaults_of

from codegen import schema
from codegen.values.groups import grouped
from codegen.values.sample import comment, commented

_HEADER = """\
# Values of the kitserve chart and of `kitserve render`.
# Generated from generator/codegen/definition/values.py by `make generate`. Do not edit.
# yaml-language-server: $schema=values.schema.json
"""
_TOLD_ABOVE = {"inferenceServiceDefaults": "inferenceServices"}
"""Sections with the keys of another one's entries."""


def text() -> str:
    """Return the text of chart/values.yaml."""
    return _HEADER + "\n".join(_groups(schema.schema())) + "\n"


def _groups(root: Schema) -> Iterator[str]:
    defaults = defaults_of(root)
    for group, keys in grouped(defaults):
        yield from ("", f"# ---- {group.title} ----", f"# {group.introduction}")
        for key in keys:
            yield from _lines({key: defaults[key]}, root, indent="")


def _lines(values: dict[str, Any], node: Schema, indent: str) -> Iterator[str]:
    for name, default in values.items():
        child = node["properties"][name]
        if not indent:
            yield ""
        yield from comment(child["description"], indent)
        if name in _TOLD_ABOVE:
            yield from comment(f"`kitserve explain {_TOLD_ABOVE[name]}.NAME` describes the keys.", indent)
            yield from _entry(name, default, indent)
        elif "properties" in child:
            yield f"{indent}{name}:"
            yield from _lines(default, child, indent + "  ")
        else:
            yield from _entry(name, default, indent)
            yield from commented(name, child)


def _entry(name: str, default: Any, indent: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(default, dict) and default:
        yield f"{indent}{name}:"
        for key, inner in default.items():
            yield from _entry(key, inner, indent + "  ")
    else:
        # JSON is YAML too, and quotes every string.
        yield f"{indent}{name}: {json.dumps(default, ensure_ascii=False)}"
