"""Pairs of objects without what may be secret: one sees that such a value changes, and not what it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kitserve.report import secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    Data = dict[str, Any]

HIDDEN = "***"
_ABSENT = object()
"""What stands for a value that the other side doesn't have."""
_OF_SECRETS = frozenset({"data", "stringData"})
_WORDS = frozenset({"args", "command"})
_REFERENCES = ("Name", "Ref")
"""Ends of names whose value is the name of an object."""
_LOGIN = re.compile(r"(?<=://)\S+(?=@(?!sha(?:256|512):))")
"""Who logs in by a URL; an image's digest follows an @ too."""


def masked(before: Data | None, after: Data | None) -> tuple[Data | None, Data | None]:
    """Return both, with `***` for each value that may be secret, and `*** (before)` and `*** (after)` if it changes."""
    return (
        None if before is None else _object(before, after, "before"),
        None if after is None else _object(after, before, "after"),
    )


def _object(item: Data, other: Data | None, side: str) -> Data:
    private = _OF_SECRETS if item.get("kind") == "Secret" else ()
    return {
        key: _masked(value, (other or {}).get(key, _ABSENT), side, hidden=key in private)
        for key, value in item.items()
    }


def _masked(value: Any, other: Any, side: str, *, hidden: bool) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        others = other if isinstance(other, dict) else {}
        return {
            key: _words(each, others.get(key), side)
            if key in _WORDS and isinstance(each, list) and not hidden
            else _masked(each, others.get(key, _ABSENT), side, hidden=hidden or _is_private(value, key))
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_masked(each, partner, side, hidden=hidden) for each, partner in _partners(value, other)]
    if hidden:
        return _sign(value, other, side)
    return _LOGIN.sub(_sign(value, other, side), value) if isinstance(value, str) else value


def _words(words: list[Any], other: Any, side: str) -> list[Any]:  # noqa: ANN401 - any JSON
    """Return the words of a command without what a flag before them, or they themselves, call a secret."""
    found, before = [], ""
    for word, partner in _partners(words, other):
        sign = _sign(word, partner, side)
        text = str(word)
        found.append(sign if secrets.ends_secretively(before) else _without_spans(text, sign))
        before = text
    return found


def _without_spans(text: str, sign: str) -> str:
    for start, end in reversed(secrets.spans(text)):
        text = f"{text[:start]}{sign}{text[end:]}"
    return text


def _partners(values: list[Any], other: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - any JSON
    """Yield each item with the one of the other list that has its name, or its index where items have no names."""
    others = other if isinstance(other, list) else []
    named = {each["name"]: each for each in others if _is_named(each)}
    for index, value in enumerate(values):
        at_index = others[index] if index < len(others) else _ABSENT
        yield value, named.get(value["name"], _ABSENT) if _is_named(value) else at_index


def _is_named(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("name"), str)


def _is_private(holder: Data, key: str) -> bool:
    """Return whether a value is behind a name that says so, its own or that of the variable whose value it is."""
    if key == "value":
        return secrets.is_secret_name(str(holder.get("name", "")))
    is_text = isinstance(holder[key], str)
    return is_text and secrets.is_secret_name(key) and not key.endswith(_REFERENCES)


def _sign(value: object, other: object, side: str) -> str:
    return HIDDEN if other is _ABSENT or other == value else f"{HIDDEN} ({side})"
