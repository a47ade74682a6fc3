"""The flags of `kit unpack`, as they come in KIT_UNPACK_FLAGS, with the grammar of KitOps' command line (pflag).

`--name=value`, `--name value`, `--switch[=false]`, `-o`, `-ov`, `-f value`, `-fvalue`, `-f=value`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitserve_initializer.config import filters
from kitserve_initializer.errors import InvalidFlags
from kitserve_initializer.modelkit.placement import KIT, Patterns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# KitOps' deprecated way to filter by type; ignored when there is a --filter.
TYPE_SWITCHES = ("kitfile", "model", "code", "datasets", "docs")
_SWITCHES = ("overwrite", "ignore-existing", "plain-http", "tls-verify", *TYPE_SWITCHES)
_CHOICES = {"progress": ("plain", "fancy", "none"), "log-level": ("trace", "debug", "info", "warn", "error")}
_FILES = ("cert", "key", "tls-cert")
_VALUES = ("filter", "concurrency", "proxy", *_FILES, *_CHOICES)
COUNT = "verbose"
_SHORT = {"o": "overwrite", "i": "ignore-existing", "f": "filter", "v": COUNT, "d": "dir"}
_REFUSED = {
    "dir": "the destination is KServe's to choose",
    "include-remote": "remote datasets carry no digest and are not fetched",
    "config": "a pod has no local store and no logins of KitOps' own",
}
_TRUE = ("1", "t", "T", "true", "TRUE", "True")
_FALSE = ("0", "f", "F", "false", "FALSE", "False")

Setting = tuple[str, str]
"""A flag's long name and its value's text; a switch or count without a value has "true"."""


@dataclass(frozen=True)
class UnpackFlags:
    """What KIT_UNPACK_FLAGS asks for, and what variables of their own add: `layout` and `patterns`.

    `concurrency` 0 leaves the number of layers at a time to the engine.
    """

    overwrite: bool = False
    ignore_existing: bool = False
    filters: tuple[filters.Filter, ...] = ()
    plain_http: bool = False
    tls_verify: bool = True
    tls_certs: tuple[str, ...] = ()
    """Files of authorities to trust beside the system's."""
    cert: str = ""
    key: str = ""
    proxy: str = ""
    concurrency: int = 0
    progress: str = "plain"
    log_level: str = "info"
    layout: str = KIT
    patterns: Patterns = field(default_factory=Patterns)
    digests: tuple[str, ...] = ()
    """Those that a ModelKit may have; none: any."""
    words: tuple[str, ...] = field(default=(), compare=False)
    """The flags for the engine `kit`, less those that name files and proxies: it gets these by its environment."""

    def expect(self, digest: str) -> bool:
        """Tell whether a ModelKit may have this digest."""
        return not self.digests or digest in self.digests


def parse(words: Sequence[str]) -> UnpackFlags:
    """Parse the words of KIT_UNPACK_FLAGS.

    Raises:
        InvalidFlags: for a flag that is unknown, refused, incomplete or has a wrong value.
    """
    given = settings(words)
    last = dict(given)
    switches = {name: _switch(name, last[name]) for name in _SWITCHES if name in last}
    return UnpackFlags(
        overwrite=switches.get("overwrite", False),
        ignore_existing=switches.get("ignore-existing", False),
        filters=_filters(given, switches),
        plain_http=switches.get("plain-http", False),
        tls_verify=switches.get("tls-verify", True),
        tls_certs=tuple(value for name, value in given if name == "tls-cert"),
        cert=last.get("cert", ""),
        key=last.get("key", ""),
        proxy=last.get("proxy", ""),
        concurrency=_concurrency(last.get("concurrency", "")),
        progress=_choice("progress", last.get("progress", "plain")),
        log_level="debug" if COUNT in last else _choice("log-level", last.get("log-level", "info")),
        words=_for_kit(given),
    )


def settings(words: Sequence[str]) -> list[Setting]:
    """Read the flags, in their order and with their values as they came.

    Raises:
        InvalidFlags: for a flag that is unknown, refused or incomplete.
    """
    return list(_settings(deque(words)))


def word(setting: Setting) -> str:
    """Write a flag as one word."""
    name, value = setting
    return f"--{name}" if setting == (COUNT, "true") else f"--{name}={value}"


def _settings(words: deque[str]) -> Iterator[Setting]:
    while words:
        word = words.popleft()
        if word.startswith("--") and len(word) > 2:
            yield _long(word[2:], words)
        elif word.startswith("-") and word not in ("-", "--"):
            yield from _short(word[1:], words)
        else:
            raise InvalidFlags(f"KIT_UNPACK_FLAGS takes flags only, not {word!r}")


def _long(text: str, words: deque[str]) -> Setting:
    name, equals, value = text.partition("=")
    return _known(name, f"--{name}"), _given(f"--{name}", name, value if equals else None, words)


def _short(letters: str, words: deque[str]) -> Iterator[Setting]:
    while letters:
        letter, letters = letters[0], letters[1:]
        flag = f"-{letter}"
        name = _known(_SHORT.get(letter, ""), flag)
        if letters.startswith("=") or (letters and name in _VALUES):
            yield name, letters.removeprefix("=")
            return
        yield name, _given(flag, name, None, words)


def _known(name: str, flag: str) -> str:
    if name in _REFUSED:
        raise InvalidFlags(f"{flag} is refused in KIT_UNPACK_FLAGS: {_REFUSED[name]}")
    if name not in (*_SWITCHES, *_VALUES, COUNT):
        raise InvalidFlags(f"unknown flag {flag} in KIT_UNPACK_FLAGS", f"known are: {' '.join(known())}")
    return name


def known() -> list[str]:
    """Return the flags that are taken, as users write them."""
    short = {name: letter for letter, name in _SHORT.items()}
    names = sorted((*_SWITCHES, *_VALUES, COUNT))
    return [f"--{name}|-{short[name]}" if name in short else f"--{name}" for name in names]


def _given(flag: str, name: str, value: str | None, words: deque[str]) -> str:
    if value is not None:
        return value
    if name not in _VALUES:
        return "true"
    if not words:
        raise InvalidFlags(f"{flag} in KIT_UNPACK_FLAGS needs a value")
    return words.popleft()


def _switch(name: str, text: str) -> bool:
    if text not in _TRUE + _FALSE:
        raise InvalidFlags(f"--{name} is {text!r}, must be true or false")
    return text in _TRUE


def _choice(name: str, text: str) -> str:
    if text not in _CHOICES[name]:
        raise InvalidFlags(f"--{name} is {text!r}, must be one of: {', '.join(_CHOICES[name])}")
    return text


def _concurrency(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and int(text) >= 1):
        raise InvalidFlags(f"--concurrency is {text!r}, must be a number from 1 on")
    return int(text)


def _for_kit(given: list[Setting]) -> tuple[str, ...]:
    return tuple(word(setting) for setting in given if setting[0] not in (*_FILES, "proxy"))


def _filters(given: list[Setting], switches: dict[str, bool]) -> tuple[filters.Filter, ...]:
    explicit = tuple(filters.parse(value) for name, value in given if name == "filter")
    types = tuple(name for name in TYPE_SWITCHES if switches.get(name))
    return explicit or ((filters.Filter(types),) if types else ())
