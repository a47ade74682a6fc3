"""How a case of a parametrized test is called that has no name of its own."""

import enum
import json
import re
from typing import Any

WIDTH = 60


def case_id(value: object) -> str | None:
    """A few words that tell a value from the others of its table; None leaves it to pytest.

    Numbers, functions and the like are well named by pytest. A manifest is its kind, a problem's code its number,
    whatever else has parts is JSON, and what is long is cut.
    """
    if value is None or isinstance(value, (bool, int, float, complex, bytes, enum.Enum, re.Pattern)):
        return None
    if isinstance(value, str):
        return _cut(value) if len(value) > WIDTH or not value.isprintable() else None
    if isinstance(value, dict) and isinstance(value.get("kind"), str):
        return str(value["kind"])
    if isinstance(value, (dict, list, tuple)):
        return _cut(json.dumps(value, ensure_ascii=False, default=_plain))
    if isinstance(value, (set, frozenset)):
        return _cut(" ".join(sorted(map(str, value))) or "none")
    return None if hasattr(value, "__name__") else _cut(_plain(value))


def _plain(value: Any) -> str:  # noqa: ANN401 - whatever a table holds
    """A value that JSON doesn't have; of a problem's code, only its number."""
    code = getattr(value, "code", None)
    if isinstance(code, str):
        return code
    plain = str(value)
    # An address differs from process to process.
    return type(value).__name__ if " at 0x" in plain else plain


def _cut(text: str) -> str:
    """One line of at most WIDTH characters and three dots, without what a terminal obeys."""
    line = "".join(letter if letter.isprintable() else " " for letter in text.strip().replace("\n", " | "))
    return line if len(line) <= WIDTH else f"{line[:WIDTH]}..."
