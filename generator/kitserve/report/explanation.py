"""Pages on a terminal: a problem's code, an exit code, a value."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

from kitserve.check.initializer import exit_codes
from kitserve.errors import EXIT_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.problems import Code
    from kitserve.values.schema import Schema

_WIDTH = 100
_TYPES = {
    "string": "text",
    "boolean": "true or false",
    "integer": "number",
    "object": "map",
    "array": "list",
}


def of_code(code: Code) -> str:
    """Return the page of a problem's code: its meaning, its cause, an example, and what to do."""
    example = textwrap.indent(code.example.rstrip(), "  ")
    return _page(
        f"{code.code} ({code.severity})",
        _filled(code.meaning),
        _filled(code.why),
        f"Example:\n\n{example}",
        f"What to do:\n\n{_filled(code.remedy, '  ')}",
    )


def of_exit_code(number: int) -> str:
    """Return what an exit code means for `kitserve` and for the initializer; empty if neither has it."""
    own = [_filled(f"kitserve: {EXIT_CODES[number]}")] if number in EXIT_CODES else []
    theirs = [
        _filled(f"kitserve-initializer: {name}. {meaning}") + f"\n\n{_filled(remedy, '  ')}"
        for code, name, meaning, remedy in exit_codes()
        if code == number
    ]
    return _page(f"Exit code {number}", *own, *theirs) if own or theirs else ""


def of_value(path: str, node: Schema) -> str:
    """Return the page of a value: its description, type, default, choices and examples, and the keys below it."""
    return _page(path, _filled(node.get("description", "")), "\n".join(_facts(node)), _keys(node))


def type_of(node: Schema) -> str:
    """Return a value's type in words; empty if it may have any."""
    return _TYPES.get(str(node.get("type", "")), "")


def _facts(node: Schema) -> Iterator[str]:
    choices = [choice for choice in node.get("enum", []) if choice != ""]
    told = {
        "type": type_of(node),
        "one of": ", ".join(map(str, choices)),
        "default": _json(node["default"]) if "default" in node else "",
        "form": node.get("pattern", ""),
        "example": ", ".join(map(_json, node.get("examples", []))),
    }
    return (f"{name + ':':<9} {text}" for name, text in told.items() if text)


def _keys(node: Schema) -> str:
    """Return the keys of a map, of a list's items, or of what users name, each with the begin of its description."""
    inner = [node, node.get("items"), *node.get("patternProperties", {}).values()]
    found = [each["properties"] for each in inner if isinstance(each, dict) and each.get("properties")]
    if not found:
        return ""
    width = max(map(len, found[0]))
    lines = (
        textwrap.shorten(child.get("description", ""), _WIDTH - width - 4, placeholder=" ...")
        for child in found[0].values()
    )
    return "Keys:\n\n" + "\n".join(
        f"  {name:<{width}}  {line}" for name, line in zip(found[0], lines, strict=True)
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _filled(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _page(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"
