"""What a run says, to stderr: one line an event, timestamped; the last line of a failure is its cause."""

from __future__ import annotations

import logging
import sys
import time

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


def start() -> None:
    """Send the log to stderr. Libraries' own lines stay out: they could hold signed URLs."""
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    LOG.handlers = [handler]
    LOG.propagate = False
    LOG.setLevel(logging.INFO)


def tune(level: str, progress: str) -> None:
    """Follow --log-level and --progress."""
    LOG.setLevel(_LEVELS[level])
    PROGRESS.disabled = progress == "none"
