"""chart/values.yaml: the defaults, each under its description."""

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from kitserve import schema

_HEADER = """\
# Values of the kitserve chart and of `kitserve render`.
# Generated from generator/kitserve/values.py by `make generate`. Do not edit.
# yaml-language-server: $schema=values.schema.json
"""
_WIDTH = 110


def text() -> str:
    """chart/values.yaml."""
    return _HEADER + "\n".join(_lines(schema.defaults(), schema.schema(), indent="")) + "\n"


def _lines(values: dict[str, Any], node: schema.Schema, indent: str) -> Iterator[str]:
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
            # JSON's flow style is YAML too, and quotes every string.
            yield f"{indent}{name}: {json.dumps(default, ensure_ascii=False)}"
