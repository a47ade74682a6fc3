"""The flags of `kit unpack`, as they come in KIT_UNPACK_FLAGS, with the grammar of KitOps' command line (pflag).

`--name=value`, `--name value`, `--switch[=false]`, `-o`, `-ov`, `-f value`, `-fvalue`, `-f=value`.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from kitserve_initializer.errors import InvalidFlags

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# KitOps' deprecated way to filter by type; ignored when there is a --filter.
TYPE_SWITCHES = ("kitfile", "model", "code", "datasets", "docs")
SWITCHES = ("overwrite", "ignore-existing", "plain-http", "tls-verify", *TYPE_SWITCHES)
CHOICES = {"progress": ("plain", "fancy", "none"), "log-level": ("trace", "debug", "info", "warn", "error")}
FILES = ("cert", "key", "tls-cert")
COUNT = "verbose"
"""Counts: `-v` is debug, `-vv` trace, and `--verbose=2` too."""
LABEL = "label"
_LONGEST = 100
"""Characters of an unknown flag that are compared with the known ones."""
_VALUES = ("filter", LABEL, "concurrency", "proxy", *FILES, *CHOICES)
_SHORT = {"o": "overwrite", "i": "ignore-existing", "f": "filter", "l": LABEL, "v": COUNT, "d": "dir"}
_REFUSED = {
    "dir": "the destination is KServe's to choose",
    "include-remote": "remote datasets carry no digest and are not fetched",
    "as-skill": "a pod has no agents to install skills for",
    "config": "a pod has no local store and no logins of KitOps' own",
}


class Flag(NamedTuple):
    """A flag's long name and its value's text; a switch or count without a value has "true"."""

    name: str
    value: str

    @property
    def word(self) -> str:
        """The flag as one word of a command line."""
        return f"--{self.name}" if self == (COUNT, "true") else f"--{self.name}={self.value}"


def read(words: Sequence[str]) -> tuple[Flag, ...]:
    """Return the flags, in their order and with their values as they came.

    Raises:
        InvalidFlags: for a flag that is unknown, refused or incomplete.
    """
    return tuple(_read(deque(words)))


def known() -> list[str]:
    """Return the accepted flags, as users write them."""
    short = {name: letter for letter, name in _SHORT.items()}
    names = sorted((*SWITCHES, *_VALUES, COUNT))
    return [f"--{name}|-{short[name]}" if name in short else f"--{name}" for name in names]


def _read(words: deque[str]) -> Iterator[Flag]:
    while words:
        word = words.popleft()
        if word.startswith("--") and len(word) > 2:
            yield _long(word[2:], words)
        elif word.startswith("-") and word not in ("-", "--"):
            yield from _short(word[1:], words)
        else:
            raise InvalidFlags(f"KIT_UNPACK_FLAGS takes flags only, not {word!r}")


def _long(text: str, words: deque[str]) -> Flag:
    name, equals, value = text.partition("=")
    return Flag(_known(name, f"--{name}"), _value(f"--{name}", name, value if equals else None, words))


def _short(letters: str, words: deque[str]) -> Iterator[Flag]:
    while letters:
        letter, letters = letters[0], letters[1:]
        flag = f"-{letter}"
        name = _known(_SHORT.get(letter, ""), flag)
        if letters.startswith("=") or (letters and name in _VALUES):
            yield Flag(name, letters.removeprefix("="))
            return
        yield Flag(name, _value(flag, name, None, words))


def _known(name: str, flag: str) -> str:
    if name in _REFUSED:
        raise InvalidFlags(f"{flag} is refused in KIT_UNPACK_FLAGS: {_REFUSED[name]}")
    if name not in (*SWITCHES, *_VALUES, COUNT):
        raise InvalidFlags(f"unknown flag {flag} in KIT_UNPACK_FLAGS", _hint(name))
    return name


def _hint(name: str) -> str:
    import difflib  # noqa: PLC0415 - a run doesn't need it

    near = difflib.get_close_matches(name[:_LONGEST], (*SWITCHES, *_VALUES, COUNT), 1)
    meant = f"did you mean --{near[0]}? " if near else ""
    return f"{meant}known are: {' '.join(known())}"


def _value(flag: str, name: str, value: str | None, words: deque[str]) -> str:
    if value is not None:
        return value
    if name not in _VALUES:
        return "true"
    if not words:
        raise InvalidFlags(f"{flag} in KIT_UNPACK_FLAGS needs a value")
    return words.popleft()
