"""The options of a run: the only settings that the engines read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitserve_initializer.concurrency.shares import ALONE, Shares
from kitserve_initializer.config import filters, flags, labels
from kitserve_initializer.config.identity import Identity
from kitserve_initializer.config.patterns import Patterns
from kitserve_initializer.errors import InvalidFlags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.config.flags import Flag

KIT, MODEL = "kit", "model"
"""The layouts: modelkit/placement.py says what they are."""

_TRUE = ("1", "t", "T", "true", "TRUE", "True")
_FALSE = ("0", "f", "F", "false", "FALSE", "False")

FIRST_BYTE_SECONDS = 300
"""How long an answer may be awaited: a pull-through cache sends none before it has the whole layer itself."""


@dataclass(frozen=True)
class Options:
    """The settings from flags, variables and a service's annotations.

    With `concurrency` 0 the container's cores decide about the number of parallel layers.
    """

    overwrite: bool = False
    ignore_existing: bool = False
    filters: tuple[filters.Filter, ...] = ()
    labels: tuple[labels.Label, ...] = ()
    """Those that choose from an index of ModelKits."""
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
    engine: str = "native"
    layout: str = KIT
    patterns: Patterns = field(default_factory=Patterns)
    digests: tuple[str, ...] = ()
    """Those that a ModelKit may have; none: any."""
    allow_parents_by_tag: bool = False
    """Whether parents may be named by a tag where a digest is demanded."""
    verify_again: bool = False
    """Whether to unpack again what a destination's marker says is there."""
    enforce: bool = False
    """Whether the service demands that every rule of the policy for signatures is enforced, and that one is for it."""
    verification: str = ""
    """What tells its judgement of the reference from others (trust/verifier.py); empty without one."""
    first_byte_seconds: int = FIRST_BYTE_SECONDS
    """How long an answer may be awaited."""
    shares: Shares = ALONE
    """How much is done at a time, by `concurrency` or by what the container may use."""
    identity: Identity = field(default_factory=Identity, repr=False)
    kit_words: tuple[str, ...] = field(default=(), compare=False)
    """The flags for the engine `kit`, less those that name files and proxies, which it gets by its environment, and
    labels: what they choose it gets by its digest."""

    def expect(self, *digests: str) -> bool:
        """Return whether a ModelKit that has these digests, its own and its index's, may be unpacked."""
        return not self.digests or any(digest in self.digests for digest in digests)


def of_flags(given: Sequence[Flag]) -> Options:
    """Return the options that flags of `kit unpack` set; the last of repeated flags wins.

    Raises:
        InvalidFlags: for a wrong value.
    """
    last = {flag.name: flag.value for flag in given}
    switches = {name: _switch(name, last[name]) for name in flags.SWITCHES if name in last}
    return Options(
        overwrite=switches.get("overwrite", False),
        ignore_existing=switches.get("ignore-existing", False),
        filters=_filters(given, switches),
        labels=labels.parse(flag.value for flag in given if flag.name == flags.LABEL),
        plain_http=switches.get("plain-http", False),
        tls_verify=switches.get("tls-verify", True),
        tls_certs=tuple(flag.value for flag in given if flag.name == "tls-cert"),
        cert=last.get("cert", ""),
        key=last.get("key", ""),
        proxy=last.get("proxy", ""),
        concurrency=_concurrency(last.get("concurrency", "")),
        progress=_choice("progress", last.get("progress", "plain")),
        log_level=_log_level(
            last.get("log-level", "info"), [each for each in given if each.name == flags.COUNT]
        ),
        kit_words=tuple(flag.word for flag in given if flag.name not in (*flags.FILES, flags.LABEL, "proxy")),
    )


def _switch(name: str, text: str) -> bool:
    if text not in _TRUE + _FALSE:
        raise InvalidFlags(f"--{name} is {text!r}, must be true or false")
    return text in _TRUE


def _choice(name: str, text: str) -> str:
    if text not in flags.CHOICES[name]:
        raise InvalidFlags(f"--{name} is {text!r}, must be one of: {', '.join(flags.CHOICES[name])}")
    return text


def _log_level(chosen: str, counted: list[Flag]) -> str:
    """Return the level; as in kit, -v wins over --log-level: one is debug, more are trace."""
    count = 0
    for _, value in counted:
        count = count + 1 if value == "true" else _count(value)
    level = _choice("log-level", chosen)
    return level if not count else "debug" if count == 1 else "trace"


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        raise InvalidFlags(f"--{flags.COUNT} is {text!r}, must be a number")
    return int(text)


def _concurrency(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and int(text) >= 1):
        raise InvalidFlags(f"--concurrency is {text!r}, must be a number from 1 on")
    return int(text)


def _filters(given: Sequence[Flag], switches: dict[str, bool]) -> tuple[filters.Filter, ...]:
    explicit = tuple(filters.parse(flag.value) for flag in given if flag.name == "filter")
    types = tuple(name for name in flags.TYPE_SWITCHES if switches.get(name))
    return explicit or ((filters.Filter(types),) if types else ())
