"""Lines of what goes on: in one place on a terminal, one after the other in a log."""

import io

import pytest
from kitserve.cli.terminal.live import Live

from tests.generator.cli.terminals import Closed, Terminal


@pytest.fixture(autouse=True)
def _size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("LINES", "4")


def test_a_terminal_shows_the_latest_in_the_same_place_and_nothing_at_the_end() -> None:
    terminal = Terminal()
    with Live(terminal) as live:
        live(["a: loading", "b: ready"])
        live(["a: ready", "b: ready"])

    assert terminal.getvalue() == (
        "a: loading\nb: ready\n" + "\x1b[2A\r\x1b[J" + "a: ready\nb: ready\n" + "\x1b[2A\r\x1b[J"
    )


def test_what_a_terminal_has_no_room_for_is_cut() -> None:
    terminal = Terminal()
    with Live(terminal) as live:
        live(["x" * 100, *"abcdefgh"])

    assert terminal.getvalue().startswith("x" * 19 + "\na\nb\n\x1b[3A")


def test_a_log_has_each_line_when_it_changes() -> None:
    pipe = io.StringIO()
    with Live(pipe) as live:
        for lines in (["a: loading", "b: ready"], ["a: loading", "b: ready"], ["a: ready", "b: ready"]):
            live(lines)

    assert pipe.getvalue() == "a: loading\nb: ready\na: ready\n"


def test_a_stream_that_is_closed_is_no_error() -> None:
    with Live(Closed()) as live:
        live(["a"])
