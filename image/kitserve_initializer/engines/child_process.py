"""Another program as a child process: its lines as they come, and signals passed on to it."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from kitserve_initializer.errors import InvalidEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from kitserve_initializer.secret import Secret

_GRACE_SECONDS = 0.5
_QUERY = re.compile(r"(https?://[^\s\"?]+\?)[^\s\"]+")


class Command(NamedTuple):
    """A program with its arguments, the folder to run it in, its whole environment, and open files that it inherits."""

    words: tuple[str, ...]
    folder: Path
    environment: dict[str, str]
    files: tuple[int, ...] = ()


def run(command: Command, say: Callable[[str], None], secrets: Sequence[Secret]) -> tuple[int, str]:
    """Run a program to its end, and return its exit code and its last line.

    Lines come without what could be a secret: `secrets` themselves, and the queries of signed URLs.

    Raises:
        InvalidEnvironment: if it can't be started.
    """
    try:
        child = subprocess.Popen(
            command.words,
            cwd=command.folder,
            env=command.environment,
            pass_fds=command.files,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="backslashreplace",
        )
    except OSError as error:
        raise InvalidEnvironment(f"can't start {command.words[0]}: {error.strerror}") from error
    try:
        last_line = _follow(child.stdout or (), say, [secret.reveal() for secret in secrets if secret])
        return child.wait(), last_line
    finally:
        _end(child)


def _follow(lines: Iterable[str], say: Callable[[str], None], secrets: list[str]) -> str:
    last_line = ""
    for line in lines:
        last_line = _QUERY.sub(r"\1...", line.strip())
        for secret in secrets:
            last_line = last_line.replace(secret, "***")
        say(last_line)
    return last_line


def _end(child: subprocess.Popen[str]) -> None:
    """End the child, whatever ended the wait for it."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    if child.stdout:
        child.stdout.close()
