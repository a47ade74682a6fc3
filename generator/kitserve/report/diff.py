"""What a release would change, as unified diffs and as JSON."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import TYPE_CHECKING, Any

from kitserve.render.yaml_writer import dump
from kitserve.report.line import begun, json_text
from kitserve.report.machine import record
from kitserve.report.masking import masked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitserve.drift.change import Change
    from kitserve.problems import Problem

    Data = dict[str, Any]

_HEAD = "head"
_COLORS = {"-": "\x1b[31m", "+": "\x1b[32m", "@": "\x1b[36m", _HEAD: "\x1b[1m"}
_RESET = "\x1b[0m"
_WORDS = {"left": "no longer rendered"}
"""Words for states that don't say it themselves."""


def text(changes: Sequence[Change], *, colors: bool) -> str:
    """Return a unified diff for each object that changes, in YAML, below a line that names it."""
    blocks = (_block(change, colors=colors) for change in changes if is_different(change))
    return "\n".join(blocks)


def json(changes: Sequence[Change], problems: Sequence[Problem]) -> str:
    """Return all objects with their states, before and after, and why the cluster refuses some."""
    objects = [_record(change) for change in changes if change.name]
    return json_text({"objects": objects, "problems": [record(problem) for problem in problems]})


def summary(changes: Sequence[Change]) -> str:
    """Return a line that counts the objects by their states."""
    counts = Counter(_WORDS.get(change.state, change.state) for change in changes if change.name)
    total, same = counts.total(), counts.pop("same", 0)
    told = ", ".join(f"{count} {word}" for word, count in counts.items()) or "no differences"
    return (
        f"{total} object{'' if total == 1 else 's'}: {told}{f', {same} the same' if same and counts else ''}"
    )


def notes(changes: Sequence[Change]) -> Iterator[str]:
    """Yield what is to be said of objects that aren't different."""
    for change in changes:
        if change.note and not is_different(change):
            yield f"{name(change)}: {change.note}"


def is_different(change: Change) -> bool:
    """Return whether the cluster has something else than the release."""
    return bool(change.name) and change.state not in {"same", "refused"}


def name(change: Change) -> str:
    """Return an object's kind and name: `InferenceService models/iris`."""
    place = "/".join(filter(None, (change.namespace, change.name)))
    return f"{change.kind} {place}".strip()


def _block(change: Change, *, colors: bool) -> str:
    said = ": ".join(filter(None, (_WORDS.get(change.state, change.state), change.note)))
    lines = [(_HEAD, f"{name(change)} ({said})")]
    before, after = (_lines(side) for side in masked(change.before, change.after))
    lines += [
        (line[0], line) for line in difflib.unified_diff(before, after, "cluster", "values", lineterm="")
    ]
    return "".join(f"{_painted(kind, begun(line), colors=colors)}\n" for kind, line in lines)


def _lines(item: Data | None) -> list[str]:
    return [] if item is None else dump(_sorted(item)).splitlines()[1:]


def _sorted(node: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return data with its keys in order: the API server has an order of its own for what it knows."""
    if isinstance(node, dict):
        return {key: _sorted(node[key]) for key in sorted(node)}
    return [_sorted(item) for item in node] if isinstance(node, list) else node


def _painted(kind: str, line: str, *, colors: bool) -> str:
    return f"{_COLORS[kind]}{line}{_RESET}" if colors and kind in _COLORS else line


def _record(change: Change) -> Data:
    before, after = masked(change.before, change.after)
    return {
        "apiVersion": change.item["apiVersion"],
        "kind": change.kind,
        "namespace": change.namespace,
        "name": change.name,
        "state": change.state,
        "note": change.note,
        "before": before,
        "after": after,
    }
