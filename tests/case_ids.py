"""How a case of a parametrized test is called that has no name of its own."""

import enum
import json
import re
from typing import Any

WIDTH = 60
_NAMED_BY_PYTEST = (type(None), bool, int, float, complex, re.Pattern)


def case_id(value: object) -> str | None:
    """A few words that tell a value from the others of its table; None leaves it to pytest.

    Numbers, short texts and functions are well named by pytest. A manifest is its kind, a problem's code its number,
    whatever else has parts is JSON, and what is long is cut.
    """
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    if isinstance(value, str):
        return _cut(value) if len(value) > WIDTH or not value.isprintable() else None
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, _NAMED_BY_PYTEST) or hasattr(value, "__name__"):
        return None
    return _cut(_parts(value))


def _parts(value: object) -> str:
    if isinstance(value, dict) and isinstance(value.get("kind"), str):
        return str(value["kind"])
    if isinstance(value, dict):
        return json.dumps({str(key): item for key, item in value.items()}, ensure_ascii=False, default=_plain)
    if isinstance(value, (list, tuple)):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    if isinstance(value, (set, frozenset)):
        return " ".join(sorted(map(str, value))) or "none"
    return _plain(value)


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
    begin = text.strip()[: WIDTH + 1].replace("\n", " | ")
    line = "".join(letter if letter.isprintable() else " " for letter in begin)
    return line if len(line) <= WIDTH else f"{line[:WIDTH]}..."
