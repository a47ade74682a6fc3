"""The table of the log's events, the code that writes them, and the fields' meanings say the same."""

import ast
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import kitserve_initializer
import pytest
from kitserve_initializer.log import events
from kitserve_initializer.log.amounts import apart, duration, size
from kitserve_initializer.log.event import Event
from kitserve_initializer.log.fields import FIELDS

from tests.cases import REPOSITORY

PACKAGE = Path(kitserve_initializer.__file__).parent
SOURCES = sorted(set(PACKAGE.rglob("*.py")) - set((PACKAGE / "log").glob("*.py")))
TABLE = {name: value for name, value in vars(events).items() if isinstance(value, Event)}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield each call of `say`, with the name of its event."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call) and _is_say(node.func):
                module, _, name = ast.unparse(node.args[0]).rpartition(".")
                if module == "events":
                    yield name, node


def _is_say(function: ast.expr) -> bool:
    name = getattr(function, "attr", getattr(function, "id", ""))
    return name == "say" and ast.unparse(function) in ("say", "lines.say")


CALLS = [*calls()]


def test_every_event_is_written_somewhere() -> None:
    assert {name for name, _ in CALLS} == TABLE.keys()


@pytest.mark.parametrize(
    ("name", "call"), CALLS, ids=[f"{name}-{number}" for number, (name, _) in enumerate(CALLS)]
)
def test_a_call_gives_the_fields_of_its_event(name: str, call: ast.Call) -> None:
    """One that spreads a dict gives the others; runs in tests/image/test_log.py compare those."""
    given = {keyword.arg for keyword in call.keywords}

    assert len(call.args) == 1
    assert given - {None} <= {*TABLE[name].fields}
    assert None in given or given == {*TABLE[name].fields}


def test_nothing_else_logs() -> None:
    assert [source for source in SOURCES if "logging" in source.read_text()] == []


def test_names_are_unique_and_fields_have_meanings() -> None:
    fields = {field for event in events.EVENTS for field in event.fields}

    assert len({event.name for event in events.EVENTS}) == len(events.EVENTS)
    assert fields == FIELDS.keys()
    assert not fields & {"ts", "level", "event", "message"}
    assert [*FIELDS] == sorted(FIELDS)


@pytest.mark.parametrize("event", events.EVENTS, ids=lambda event: event.name)
def test_a_sentence_takes_fields_of_any_text(event: Event) -> None:
    numbers = dict.fromkeys(event.fields, 3)
    message = event.message({**numbers, "cause": "{x} %s {0}"})

    assert message
    assert ("cause" in event.fields) == ("{x} %s {0}" in message)
    assert logging.getLevelName(event.level)


def shown_lines() -> list[str]:
    """Lines of the log that guides show."""
    pages = [*(REPOSITORY / "docs/guide").glob("*.md"), REPOSITORY / "README.md"]
    found = [re.findall(r"^\d{4}-\S+Z ([A-Z]+ .*)$", page.read_text(), re.MULTILINE) for page in pages]
    return [line for lines in found for line in lines]


def pattern(event: Event) -> str:
    """What a line of this event looks like."""
    level = logging.getLevelName(event.level)
    return level + " " + re.sub(r"\\{.*?\\}", ".*", re.escape(event.sentence))


def test_lines_that_guides_show_are_written_so() -> None:
    lines = shown_lines()

    assert lines
    assert [
        line for line in lines if not any(re.fullmatch(pattern(each), line) for each in TABLE.values())
    ] == []


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1023.7, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (1024 * 1024 - 1, "1.0 MiB"),
        (5 * 2**30, "5.0 GiB"),
        (3 * 2**50, "3072.0 TiB"),
    ],
)
def test_sizes(count: float, shown: str) -> None:
    assert size(count) == shown


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        (5, 2**31, ("5 bytes", "2.0 GiB")),
        (2**31, 2**31 + 1, ("2147483648 bytes", "2147483649 bytes")),
    ],
)
def test_sizes_that_differ_look_different(one: int, other: int, shown: tuple[str, str]) -> None:
    assert apart(one, other) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0.0 s"),
        (0.0123, "12 ms"),
        (0.9996, "1.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.6, "1 min 0 s"),
        (490, "8 min 10 s"),
        (3599.7, "1 h 0 min"),
        (7500, "2 h 5 min"),
        (360_000, "100 h 0 min"),
    ],
)
def test_times(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown
