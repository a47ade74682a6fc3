"""The initializer as a process, as a container runs it, and what it left behind."""

import atexit
import hashlib
import os
import re
import stat
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.parts.fork_server import ForkServer
from tests.parts.process import Process

COMMAND = (sys.executable, "-m", "kitserve_initializer")
CONTAINER = {
    "PATH": os.environ["PATH"],
    "PYTHONWARNINGS": "error",
    # One authority: reading the machine's hundred takes longer than the rest of a run.
    "SSL_CERT_FILE": str(Path(__file__).with_name("authority.pem")),
}
"""What every run has in its environment; warnings of our own code are errors here too."""
MARKER = ".kitserve.json"


@dataclass(frozen=True)
class Run:
    """A finished run: `termination` is what the termination log holds."""

    exit: int
    stdout: str
    stderr: str
    termination: str

    @property
    def last_line(self) -> str:
        """The last line of stderr, without its timestamp."""
        lines = self.stderr.splitlines() or [""]
        return re.sub(r"^\S+Z ", "", lines[-1])

    @property
    def everything(self) -> str:
        """All that was written to be read."""
        return self.stdout + self.stderr + self.termination


class Initializer:
    """Runs the initializer with an environment that holds nothing but what it is given, and a termination log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.destination = folder / "models"
        self.termination_log = folder / "termination-log"

    def __call__(self, *arguments: str | Path, flags: str = "--plain-http", **variables: str) -> Run:
        """Run with SRC [DEST ...]; one source alone gets `destination`."""
        return self._forked("", arguments, flags, variables)

    def run_program(self, program: str, source: str, flags: str = "--plain-http", **variables: str) -> Run:
        """Run a program of Python that runs the initializer in its own process."""
        return self._forked(program, (source,), flags, variables)

    def _forked(
        self, program: str, arguments: tuple[str | Path, ...], flags: str, variables: dict[str, str]
    ) -> Run:
        self.termination_log.write_text("")
        environment = self.environment(KIT_UNPACK_FLAGS=flags, **variables)
        ended = _fork_server().run(self._words(arguments), environment, program)
        return self.finished(ended.code, ended.stdout, ended.stderr)

    def run_command(
        self, command: tuple[str, ...], source: str, flags: str = "--plain-http", **variables: str
    ) -> Run:
        """Run a command that runs the initializer with the arguments that follow it."""
        with self._started(command, (source,), flags, variables) as process:
            stdout, stderr = process.communicate()
        return self.finished(process.returncode, stdout, stderr)

    def start(self, *arguments: str | Path, flags: str = "--plain-http", **variables: str) -> Process:
        """Start it, to be ended by the caller."""
        return self._started(COMMAND, arguments, flags, variables)

    def _started(
        self,
        command: tuple[str, ...],
        arguments: tuple[str | Path, ...],
        flags: str,
        variables: dict[str, str],
    ) -> Process:
        self.termination_log.write_text("")
        return Process(
            [*command, *self._words(arguments)],
            env=self.environment(KIT_UNPACK_FLAGS=flags, **variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            umask=0o022,
        )

    def _words(self, arguments: tuple[str | Path, ...]) -> list[str]:
        pairs = (*arguments, self.destination) if len(arguments) == 1 else arguments
        return [*map(str, pairs)]

    def environment(self, **variables: str) -> dict[str, str]:
        """A container's environment."""
        return CONTAINER | {"KITSERVE_TERMINATION_LOG": str(self.termination_log)} | variables

    def finished(self, code: int, stdout: str, stderr: str) -> Run:
        """What a process that has ended left to read."""
        return Run(code, stdout, stderr, self.termination_log.read_text())


@cache
def _fork_server() -> ForkServer:
    server = ForkServer("kitserve_initializer.__main__", CONTAINER)
    atexit.register(server.close)
    return server


def assert_failed(run: Run, code: int, sentence: str) -> None:
    """Assert that a run ended with this exit code, and with a last line that holds the sentence."""
    assert run.exit == code, run.stderr
    assert sentence in run.last_line
    assert run.last_line == f"ERROR {run.termination.strip()}"


def listing(folder: Path) -> dict[str, dict[str, Any]]:
    """A tree as the ModelKits' expected.json record it: type, mode, size and sha256 by path; without the marker."""
    paths = (path for path in sorted(folder.rglob("*")) if path.name != MARKER)
    return {path.relative_to(folder).as_posix(): _described(path) for path in paths}


def visible(destination: Path) -> set[str]:
    """What is seen of a destination: all names but hidden ones of the initializer's own."""
    return {path.name for path in destination.glob("*") if not path.name.startswith(".kitserve")}


def _described(path: Path) -> dict[str, Any]:
    status = path.lstat()
    mode = oct(stat.S_IMODE(status.st_mode))
    if path.is_symlink():
        return {"type": "link", "mode": mode}
    if path.is_dir():
        return {"type": "dir", "mode": mode}
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return {"type": "file", "mode": mode, "size": len(content), "sha256": digest}
