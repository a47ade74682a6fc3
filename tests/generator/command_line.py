"""The command line in this process."""

import io
import sys
from dataclasses import dataclass

import pytest
from kitserve.cli import main


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
        self.monkeypatch.setattr(sys, "argv", ["kitserve", *map(str, arguments)])
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = 0
        try:
            main()
        except SystemExit as exited:
            code = exited.code if isinstance(exited.code, int) else 0
        return Result(code, *self.capsys.readouterr())
