"""Starts the cluster's programs and waits until they answer."""

import os
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.e2e.layout import Layout

PATIENCE_SECONDS = 120


class StartError(RuntimeError):
    """A part of the cluster did not come up; the message ends with its log."""


def run(*command: str | Path, stdin: str = "") -> str:
    """Standard output of a command that must succeed.

    Raises:
        StartError: with what it wrote to standard error.
    """
    ran = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if ran.returncode:
        line = " ".join(map(str, command))
        raise StartError(f"`{line}` exited with {ran.returncode}:\n{ran.stderr[-2000:]}")
    return ran.stdout


def start(layout: Layout, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a daemon; it writes to its own log and lives as long as the namespaces."""
    environment = os.environ | {"PATH": f"{layout.programs}:{os.environ['PATH']}"}
    with (layout.logs / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [layout.programs / name, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def wait_until(ready: Callable[[], bool], what: str, ended: Callable[[], bool] = lambda: False) -> None:
    """Wait until `ready` holds.

    Raises:
        StartError: `ended` came first, or it took longer than two minutes.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if ended() or time.monotonic() > end:
            raise StartError(what)
        time.sleep(0.05)


def wait(layout: Layout, process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
    """Wait until a daemon is ready.

    Raises:
        StartError: with the end of the daemon's log.
    """
    name = Path(str(process.args[0])).name  # type: ignore[index]
    try:
        wait_until(ready, f"{name} did not get ready", lambda: process.poll() is not None)
    except StartError as error:
        raise StartError(f"{error}:\n{(layout.logs / f'{name}.log').read_text()[-3000:]}") from None


def free_port(address: str) -> int:
    """A port that nobody listens on there."""
    with socket.create_server((address, 0)) as server:
        port: int = server.getsockname()[1]
        return port


def listens(host: str, port: int) -> bool:
    """Whether something accepts connections there."""
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError:
        return False
    return True


def answers(url: str, context: ssl.SSLContext | None = None) -> bool:
    """Whether a GET of the URL gives 200."""
    try:
        with urllib.request.urlopen(url, context=context, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
