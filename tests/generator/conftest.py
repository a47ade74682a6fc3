"""Fixtures of the generator's tests."""

import pytest

from tests.generator.command_line import CommandLine


@pytest.fixture
def kitserve(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(monkeypatch, capsys)
