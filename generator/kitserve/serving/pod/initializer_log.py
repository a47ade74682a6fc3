"""What the initializer's log says, in either of its forms: how far a run is, and which digest a reference has.

docs/reference/log.md is generated from the events' own table; the form of a line is log/lines.py of the initializer.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve.serving.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (TRACE|DEBUG|INFO|WARNING|ERROR) (.*)")
_QUIET = {"trace", "debug"}
_RESOLVED = re.compile(r"(?:kit://)?(\S+) is (sha256:[0-9a-f]{64}),")
_ALREADY = re.compile(r"holds (sha256:[0-9a-f]{64}) already, unpacked as asked for")
_PERCENT = re.compile(r"\((\d{1,3})%\)")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Line:
    """A line of the log, for people: without its time, and perhaps with the part of the model that is there."""

    level: str
    sentence: str
    percent: int | None = None
    reference: str = ""
    digest: str = ""
    """What `reference` is; without a reference, what the destination holds."""
    hint: str = ""


def lines(text: str) -> Iterator[Line]:
    """Yield the lines that are the initializer's; others, as of the engine `kit` or cut ones, are left out."""
    for raw in text.splitlines():
        line = _of_json(raw) if raw.startswith("{") else _of_text(raw)
        if line:
            yield line


def latest(text: str) -> Line | None:
    """Return the last line that says what goes on."""
    return next((line for line in reversed(list(lines(text))) if line.level not in _QUIET), None)


def digests(text: str) -> dict[str, str]:
    """Return the digest of each reference, without kit://, that a run resolved; of `""` what was there already."""
    return {line.reference: line.digest for line in lines(text) if line.digest}


def _of_text(raw: str) -> Line | None:
    found = _LINE.match(raw)
    if not found:
        return None
    said = found[2]
    percent, resolved, already = _PERCENT.search(said), _RESOLVED.match(said), _ALREADY.search(said)
    return Line(
        found[1].lower(),
        told(said),
        int(percent[1]) if percent else None,
        resolved[1] if resolved else "",
        resolved[2] if resolved else already[1] if already else "",
    )


def _of_json(raw: str) -> Line | None:
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not isinstance(said.get("message"), str):
        return None
    event, percent, digest = said.get("event"), said.get("percent"), str(said.get("digest"))
    named = event in {"resolved", "already-there", "signed"} and bool(_DIGEST.fullmatch(digest))
    sentence = said.get("cause") if event == "failed" else said["message"]
    return Line(
        str(said.get("level")),
        told(sentence),
        percent if isinstance(percent, int) else None,
        str(said.get("reference") or "").removeprefix("kit://"),
        digest if named else "",
        told(said.get("hint")) if event == "failed" else "",
    )
