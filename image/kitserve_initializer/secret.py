"""A text that doesn't show itself in representations."""

from __future__ import annotations


class Secret:
    """A password or token: its repr and str are masked, so no log, error or dump can hold it by accident."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the text itself."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "***" if self._value else "''"
