"""The text of chart/values.yaml: the defaults, each under its description."""

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from kitserve.values.schema import Schema, defaults_of

from codegen import schema

_HEADER = """\
# Values of the kitserve chart and of `kitserve render`.
# Generated from generator/codegen/definition/values.py by `make generate`. Do not edit.
# yaml-language-server: $schema=values.schema.json
"""
_WIDTH = 110


def text() -> str:
    """Return the text of chart/values.yaml."""
    return _HEADER + "\n".join(_lines(defaults_of(schema.schema()), schema.schema(), indent="")) + "\n"


def _lines(values: dict[str, Any], node: Schema, indent: str) -> Iterator[str]:
    for name, default in values.items():
        child = node["properties"][name]
        if not indent:
            yield ""
        yield from textwrap.wrap(
            child["description"],
            _WIDTH,
            initial_indent=f"{indent}# ",
            subsequent_indent=f"{indent}# ",
            break_on_hyphens=False,
        )
        if "properties" in child:
            yield f"{indent}{name}:"
            yield from _lines(default, child, indent + "  ")
        else:
            yield from _entry(name, default, indent)


def _entry(name: str, default: Any, indent: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(default, dict) and default:
        yield f"{indent}{name}:"
        for key, inner in default.items():
            yield from _entry(key, inner, indent + "  ")
    else:
        # JSON is YAML too, and quotes every string.
        yield f"{indent}{name}: {json.dumps(default, ensure_ascii=False)}"
