"""The grammar of `kit unpack --label`: KEY=VALUE, which chooses an entry of an index of ModelKits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kitserve_initializer.errors import InvalidFlags

if TYPE_CHECKING:
    from collections.abc import Iterable


class Label(NamedTuple):
    """A label that an entry must have."""

    key: str
    value: str

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


def parse(texts: Iterable[str]) -> tuple[Label, ...]:
    """Parse each --label; the value may be empty and hold further `=`, as in kit.

    Raises:
        InvalidFlags: if one is no KEY=VALUE, or two have one key.
    """
    found: dict[str, Label] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not (key and equals):
            raise InvalidFlags(f"label {text!r} must be KEY=VALUE")
        if key in found:
            raise InvalidFlags(f"label {text!r}: {key!r} is already {found[key].value!r}, and counts once")
        found[key] = Label(key, value)
    return tuple(found.values())
