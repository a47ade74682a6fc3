"""The programs that a release runs, by their names on PATH: git, buildah, helm, oras, cosign and syft."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from release.errors import ReleaseError

SHOWN = 3000
"""Characters of a program's output that an error shows."""


def run(
    *command: str | Path, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """Return standard output of a command, without the line end.

    Raises:
        ReleaseError: the program is missing or failed; the message has the end of what it wrote.
    """
    try:
        ran = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | (environment or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise ReleaseError(f"{command[0]} isn't on PATH: install it, or use `make release`") from error
    if ran.returncode:
        said = (ran.stdout + ran.stderr).strip()[-SHOWN:]
        raise ReleaseError(f"`{_called(*command)}` exited with {ran.returncode}:\n{said}")
    return ran.stdout.rstrip("\n")


def _called(program: str | Path, *arguments: str | Path) -> str:
    """Return the command without what an error needn't repeat: the program's folder and options."""
    words = [str(argument) for argument in arguments if not str(argument).startswith("-")]
    return " ".join([Path(program).name, *words[:2]])
