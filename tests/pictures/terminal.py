"""What a terminal shows while a command runs in it."""

import os
import pty
import re
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

COLUMNS, LINES = 98, 30
_REWRITTEN = re.compile(r"\x1b\[\d+A\r\x1b\[J")
"""Clears what cli/terminal/live.py has shown."""


def screens(words: Sequence[str], folder: Path, variables: Mapping[str, str]) -> list[str]:
    """Return what `kitserve` shows on a pseudo-terminal, with colors: each screen that it writes over, and the last."""
    terminal, inside = pty.openpty()
    termios.tcsetwinsize(inside, (LINES, COLUMNS))
    command = [sys.executable, "-m", "kitserve", *words]
    with subprocess.Popen(
        command, cwd=folder, env=_environment(variables), stdin=inside, stdout=inside, stderr=inside
    ):
        os.close(inside)
        shown = b"".join(_read(terminal)).decode().replace("\r\n", "\n")
    os.close(terminal)
    return [each.rstrip("\n") for each in _REWRITTEN.split(shown)]


def _read(terminal: int) -> Iterator[bytes]:
    # Linux says so when nobody has the other end any more.
    with suppress(OSError):
        while found := os.read(terminal, 65536):
            yield found


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of the run: none of this process' own changes what is shown."""
    own = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return own | {"TERM": "xterm-256color", "PYTHONUTF8": "1"} | dict(variables)
