"""The command line in this process."""

import io
import sys
from dataclasses import dataclass
from functools import cache

import pytest
import typer.main
from kitserve.cli import main

# Typer puts all commands together for each run, which takes longer than most of the runs.
_put_together = cache(typer.main.get_command)


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    exit_code: int
    out: str
    err: str


@dataclass(frozen=True)
class CommandLine:
    """Runs `kitserve` as its entry point does."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object, stdin: str = "") -> Result:
        self.monkeypatch.setattr(typer.main, "get_command", _put_together)
        self.monkeypatch.setattr(sys, "argv", ["kitserve", *map(str, arguments)])
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = 0
        try:
            main()
        except SystemExit as exited:
            code = exited.code if isinstance(exited.code, int) else 0
        return Result(code, *self.capsys.readouterr())
