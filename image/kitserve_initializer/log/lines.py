"""The log on stderr: one timestamped line for each event; the last line of a failed run is the cause.

A line is text, or a JSON object: `ts` (RFC 3339, UTC), `level`, `event`, the event's fields, and `message`, the
sentence that a line of text has.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from typing import TYPE_CHECKING, TextIO

from kitserve_initializer.log.event import DEBUG, ERROR, INFO, TRACE, WARNING, Event
from kitserve_initializer.printable import printable

if TYPE_CHECKING:
    from kitserve_initializer.log.event import Value

_LEVELS = {"trace": TRACE, "debug": DEBUG, "info": INFO, "warn": WARNING, "error": ERROR}
EVERY_SECONDS = 10.0
"""Between two lines on what goes on: progress, or what is waited for."""
LOOK_SECONDS = 1.0
"""How often it is looked whether one is due: what is over sooner says nothing."""

_TIME = "%Y-%m-%dT%H:%M:%SZ"

_LOG = logging.getLogger("kitserve_initializer")
_PROGRESS = _LOG.getChild("progress")
"""Lines of progress, which --progress none silences."""


def say(event: Event, **fields: object) -> None:
    """Write a line, if its level is on. What is neither a number nor a list is written as its text."""
    log = _PROGRESS if event.is_progress else _LOG
    if log.isEnabledFor(event.level):
        told = {name: _value(value) for name, value in fields.items()}
        log.log(event.level, event.name, extra={"event": event, "fields": told})


def is_on(event: Event) -> bool:
    """Return whether lines of this event are written, for one whose fields cost something."""
    return (_PROGRESS if event.is_progress else _LOG).isEnabledFor(event.level)


def start(form: str) -> None:
    """Send the log to stderr, as `json` or as text, from INFO on and with progress, until `tune` says otherwise.

    Libraries' own lines stay out: they could hold signed URLs.
    """
    handler = _Stream(sys.stderr)
    handler.setFormatter(formatter(form))
    logging.addLevelName(TRACE, "TRACE")
    _LOG.handlers = [handler]
    _LOG.propagate = False
    _LOG.setLevel(INFO)
    _PROGRESS.disabled = False
    # Else Python writes libraries' warnings by itself, with a registry's headers in them.
    logging.getLogger().handlers = [logging.NullHandler()]


def formatter(form: str) -> logging.Formatter:
    """Return what makes lines of records: `json`, or text."""
    made = _Json() if form == "json" else _Text("%(asctime)s %(levelname)s ", _TIME)
    made.converter = time.gmtime
    return made


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
    _LOG.setLevel(_LEVELS[level])
    _PROGRESS.disabled = progress == "none"


class _Stream(logging.StreamHandler[TextIO]):
    """A handler for a stream that may be closed or full: the run continues without it."""

    def handleError(self, _: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Ignore the error: there is no other place to report it."""


class _Text(logging.Formatter):
    """A line of text: whatever is in it came from outside, and is made printable."""

    def format(self, record: logging.LogRecord) -> str:
        event, fields = _told(record)
        record.asctime = self.formatTime(record, self.datefmt)
        return printable(self.formatMessage(record) + event.message(fields))


class _Json(logging.Formatter):
    """A line of JSON, whose texts are as printable when they are decoded."""

    def format(self, record: logging.LogRecord) -> str:
        event, fields = _told(record)
        line = {
            "ts": self.formatTime(record, _TIME),
            "level": record.levelname.lower(),
            "event": event.name,
            **{name: _shown(value) for name, value in fields.items()},
            "message": printable(event.message(fields)),
        }
        return json.dumps(line, ensure_ascii=False)


def _told(record: logging.LogRecord) -> tuple[Event, dict[str, Value]]:
    """Return what `say` put into a record."""
    given = vars(record)
    return given["event"], given["fields"]


def _value(value: object) -> Value:
    if isinstance(value, float):
        return round(value, 3)
    if value is None or isinstance(value, str | int):
        return value
    return tuple(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _shown(value: Value) -> Value:
    """Return a field's value as JSON may hold it."""
    if isinstance(value, tuple):
        return tuple(map(printable, value))
    return printable(value) if isinstance(value, str) else value
