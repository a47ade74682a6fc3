"""Charts of Helm: which one a file lies in."""

import re
from functools import cache
from pathlib import Path

from kitserve.helm.file_cache import FileCache, UnreadableError

OURS = "kitserve"
"""The name of our chart: values beside another `Chart.yaml` are that chart's."""
_NAME = re.compile(r"^name:\s*[\"']?([-\w.]+)", re.MULTILINE)
_MOST = 64 * 1024
"""Characters of a `Chart.yaml` in which its name is looked for."""
_LEVELS = 8
"""Folders above a file in which its chart is looked for."""


def chart_of(file: str, cache: FileCache) -> str:
    """Return the name of the chart that a file lies in; empty without one, `?` if nobody can say."""
    for folder in list(Path(file).parents)[:_LEVELS] if file != "-" else ():
        if (chart := folder / "Chart.yaml").is_file():
            return _chart_name(str(chart), cache)
    return ""


def _chart_name(chart: str, cache: FileCache) -> str:
    try:
        found = _NAME.search(cache.content(chart) if cache.is_found(chart) else _head(chart), 0, _MOST)
    except (OSError, UnreadableError):
        found = None
    return found[1] if found else "?"


@cache
def _head(file: str) -> str:
    """Return the beginning of a file that isn't of those to look at. Raises OSError."""
    with Path(file).open(encoding="utf-8", errors="replace") as opened:
        return opened.read(_MOST)
