"""Runs of a module, each in a process that is forked from one which has imported the module already.

Most of a short run's time goes to Python's start and to imports. A run sees what `python -m MODULE` sees: a process, an
environment, arguments and streams of its own.
"""

import atexit
import encodings.idna  # noqa: F401 - which each run would import for the first host that it looks up
import gc
import importlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import IO, Self

_REPOSITORY = Path(__file__).parents[2]
_ASK = b"\0"
_NUMBER = struct.Struct("q")


@dataclass(frozen=True)
class Ended:
    """A finished run. `code` is negative for a signal, as subprocess has it."""

    code: int
    stdout: str
    stderr: str


class ForkServer:
    """A running Python that has imported `module`, whose function `main` returns an exit code.

    It serves one run at a time.
    """

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        self._module, self._environment = module, environment
        self._start()

    def _start(self) -> None:
        self._channel, far = socket.socketpair()
        with far:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.parts.fork_server", str(far.fileno()), self._module],
                cwd=_REPOSITORY,
                env=self._environment,
                pass_fds=[far.fileno()],
                stdin=subprocess.DEVNULL,
                umask=0o022,
                process_group=0,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        self._channel.close()
        self._process.wait()

    def run(self, arguments: Sequence[str], environment: Mapping[str, str], program: str = "") -> Ended:
        """Run the module to its end, or a program that changes it first, as `python -c` does.

        A run is killed if its test takes too long.
        """
        with _file() as request, _file() as stdout, _file() as stderr:
            json.dump([list(arguments), dict(environment), program], request)
            files = (request, stdout, stderr)
            for file in files:
                file.seek(0)
            code = self._code([file.fileno() for file in files])
            stdout.seek(0)
            stderr.seek(0)
            return Ended(code, stdout.read(), stderr.read())

    def _code(self, files: Sequence[int]) -> int:
        """Run to the end. A signal may interrupt this anywhere: nobody knows then what the server has heard."""
        try:
            socket.send_fds(self._channel, [_ASK], files)
            return self._number()
        except BaseException:
            os.killpg(self._process.pid, signal.SIGKILL)
            self.close()
            self._start()
            raise

    def _number(self) -> int:
        """The server's next answer: a run's exit code."""
        received = self._channel.recv(_NUMBER.size, socket.MSG_WAITALL)
        if not received:
            raise RuntimeError("the fork server has ended")
        number: int
        (number,) = _NUMBER.unpack(received)
        return number


def _file() -> IO[str]:
    return tempfile.TemporaryFile("w+")


@dataclass
class _Exit:
    """How a run ends: with `code`, once it is known."""

    code: int | None = None

    def leave(self) -> None:
        """End the process, but free no memory: that would copy most of what it shares with the server.

        Threads have ended by now, and all other functions of atexit. What Python reports of garbage, it reports.
        """
        if self.code is not None:
            gc.collect()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(self.code)


def main() -> int:
    """Serve until the channel is closed. In a forked process, return what the module's `main` returns."""
    end = _Exit()
    atexit.register(end.leave)  # the first one registered is called last
    module = importlib.import_module(sys.argv[2])
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as channel:
        files = _forked(channel)
    if files:
        end.code = _run(module, *files)
    return end.code or 0


def _forked(channel: socket.socket) -> list[int]:
    """Fork a process for each run that is asked for. There, return the run's files; in the server, none at the end."""
    while True:
        _, files, _, _ = socket.recv_fds(channel, len(_ASK), 3)
        process = os.fork() if files else 0
        if not process:
            return files
        for file in files:
            os.close(file)
        _, status = os.waitpid(process, 0)
        channel.sendall(_NUMBER.pack(os.waitstatus_to_exitcode(status)))


def _run(module: ModuleType, request: int, stdout: int, stderr: int) -> int:
    with open(request) as file:
        arguments, environment, program = json.load(file)
    for given, stream in ((stdout, 1), (stderr, 2)):
        os.dup2(given, stream)
        os.close(given)
    os.environ.clear()
    os.environ.update(environment)
    if program:
        sys.argv = ["-c", *arguments]
        return _code_of(program)
    sys.argv = [str(module.__file__), *arguments]
    code: int = module.main()
    return code


def _code_of(program: str) -> int:
    """Run a program; return the number that it exits with. Python itself prints a text that it exits with."""
    try:
        exec(program, {"__name__": "__main__"})  # noqa: S102 - the test's own
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
