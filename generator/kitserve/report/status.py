"""Services and their ModelKits, for people and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from kitserve.report.line import begun, json_text, printed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitserve.serving.status import Status

_HEAD = ("NAMESPACE", "NAME", "STATE", "MODEL", "DIGEST")
_STATE = 2
_DIGEST_LENGTH = len("sha256:") + 12
_RESET = "\x1b[0m"
_COLORS = {"failed": "\x1b[1;31m", "retrying": "\x1b[1;33m", "ready": "\x1b[32m"}


def text(found: Sequence[Status], *, colors: bool = False) -> str:
    """Return a table, and below each service that isn't Ready what goes on, the cause, and what to do."""
    rows = [_HEAD, *(row for each in found for row in _rows(each))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(_HEAD, widths, "")]
    for each in found:
        paint = _COLORS.get(each.state, "") if colors else ""
        lines += [_line(row, widths, paint) for row in _rows(each)]
        lines += [begun(f"  {name}: {said}") for name, said in _told(each)]
    return "".join(f"{line}\n" for line in lines)


def json(found: Sequence[Status]) -> str:
    """Return a list of objects; the members are those of serving/status.py."""
    return json_text([asdict(each) for each in found])


def line(status: Status) -> str:
    """Return a service in one line: its state, and what goes on or the cause."""
    said = status.cause if status.cause and status.state != "loading" else status.detail
    return begun(f"{status.namespace}/{status.name}: {status.state}{f', {said}' if said else ''}")


def _rows(status: Status) -> Iterator[tuple[str, ...]]:
    first = (status.namespace, status.name, status.state)
    for number, model in enumerate(status.models):
        digest = ", ".join(each[:_DIGEST_LENGTH] for each in model.digest.split(", "))
        yield (*(first if not number else ("", "", "")), model.uri, digest)


def _line(row: tuple[str, ...], widths: list[int], paint: str) -> str:
    cells = [printed(cell).ljust(width) for cell, width in zip(row, widths, strict=True)]
    if paint:
        cells[_STATE] = f"{paint}{cells[_STATE]}{_RESET}"
    cells[0] = begun(cells[0])
    return "  ".join(cells).rstrip()


def _told(status: Status) -> Iterator[tuple[str, str]]:
    told = {"progress": status.detail, "cause": status.cause, "hint": status.hint}
    yield from ((name, said) for name, said in told.items() if said)
