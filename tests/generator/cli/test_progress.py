"""Progress is for who looks at a terminal."""

import io
import sys

import pytest
from kitserve.cli.terminal import progress
from kitserve.cli.terminal.progress import Progress

from tests.generator.cli.terminals import Closed, Terminal


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_EVERY_SECONDS", 0.0)


def test_a_terminal_has_one_line_and_none_at_the_end() -> None:
    terminal = Terminal()
    with Progress(terminal) as shown:
        shown(0, 3 << 20)
        shown(1 << 20, 3 << 20)

    first, second, end = terminal.getvalue().split("\r\x1b[K")[1:]
    assert first.startswith("reading 0 bytes of 3.0 MiB (0%), 0 bytes/s, unknown left")
    assert second.startswith("reading 1.0 MiB of 3.0 MiB (33%), ")
    assert end == ""
    assert "\n" not in terminal.getvalue()


def test_a_pipe_has_nothing() -> None:
    pipe = io.StringIO()
    with Progress(pipe) as shown:
        shown(1, 2)

    assert pipe.getvalue() == ""


@pytest.mark.parametrize("stream", [None, Closed()], ids=["none", "closed"])
def test_a_stream_that_isnt_there_is_no_error(stream: Closed | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stderr__", None)
    with Progress(stream) as shown:
        shown(1, 2)


def test_nothing_at_all_is_no_division_by_zero() -> None:
    with Progress(Terminal()) as shown:
        shown(0, 0)
