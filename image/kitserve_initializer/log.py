"""The log on stderr: one timestamped line for each event; the last line of a failed run is the cause.

A line is text, or a JSON object with `ts` (RFC 3339, UTC), `level`, `event`, and perhaps numbers.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from typing import TextIO

from kitserve_initializer.printable import printable

_LEVELS = {
    "trace": logging.DEBUG,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "error": logging.ERROR,
}

LOG = logging.getLogger("kitserve_initializer")
PROGRESS = LOG.getChild("progress")
"""A line for each step of a run; silenced by --progress none."""


_TIME = "%Y-%m-%dT%H:%M:%SZ"


class _Stream(logging.StreamHandler[TextIO]):
    """A handler for a stream that may be closed or full: the run continues without it."""

    def handleError(self, _: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Ignore the error: there is no other place to report it."""


class _Text(logging.Formatter):
    """A line of text: whatever is in it came from outside, and is made printable."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


class _Json(logging.Formatter):
    """A line of JSON, whose event is as printable when it is decoded."""

    def format(self, record: logging.LogRecord) -> str:
        event = {"ts": self.formatTime(record, _TIME), "level": record.levelname.lower()}
        fields = getattr(record, "fields", {})
        return json.dumps({**event, "event": printable(record.getMessage()), **fields}, ensure_ascii=False)


def start(form: str) -> None:
    """Send the log to stderr, as `json` or as text. Libraries' own lines stay out: they could hold signed URLs."""
    text = _Text("%(asctime)s %(levelname)s %(message)s", _TIME)
    formatter = _Json() if form == "json" else text
    formatter.converter = time.gmtime
    handler = _Stream(sys.stderr)
    handler.setFormatter(formatter)
    LOG.handlers = [handler]
    LOG.propagate = False
    LOG.setLevel(logging.INFO)
    # Else Python writes libraries' warnings by itself, with a registry's headers in them.
    logging.getLogger().handlers = [logging.NullHandler()]


def end() -> None:
    """Drop lines that can't be written: Python would end with its own exit code for them (120)."""
    try:
        if sys.stderr:
            sys.stderr.flush()
    except OSError:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stderr.fileno())
        os.close(nothing)


def tune(level: str, progress: str) -> None:
    """Apply --log-level and --progress."""
    LOG.setLevel(_LEVELS[level])
    PROGRESS.disabled = progress == "none"
