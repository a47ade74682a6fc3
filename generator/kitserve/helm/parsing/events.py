"""A YAML parser's events, restricted to what Helm's reader accepts (YAML 1.1 with libyaml's grammar)."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import Event
from ruamel.yaml.parser import Parser
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scanner import Scanner

from kitserve.helm.limits import place, refuse_text
from kitserve.helm.nodes import RefusedTextError
from kitserve.helm.parse_errors import refusal


class _Scanner(Scanner):
    """ruamel's scanner in Python, with libyaml's rule that tabs are blanks where no key may begin."""

    def scan_to_next_token(self) -> None:
        """Skip blanks, comments and ends of lines."""
        super().scan_to_next_token()
        while self.reader.peek() == "\t" and not self.allow_simple_key:
            self.reader.forward()
            super().scan_to_next_token()


def has_fast_parser() -> bool:
    """Return whether ruamel.yaml.clib, ruamel's binding of libyaml, is installed."""
    return _fast_parser() is not Parser


@cache
def _fast_parser() -> Any:  # noqa: ANN401 - the binding has no types
    """Return the class of libyaml's parser, found once: each YAML() lists the files of ruamel's package."""
    return YAML(typ="safe").Parser


def parse_events(text: str, *, fast: bool) -> Iterator[Event]:
    """Yield the events of all documents, from libyaml or from ruamel's parser in Python. Raises RefusedTextError."""
    refuse_text(text, fast=fast)
    last: Event | None = None
    try:
        for event in _of_libyaml(text) if fast else _of_python(text):
            last = event
            yield event
    except MarkedYAMLError as error:
        raise refusal(error, text) from None
    except ReaderError as error:
        message = f"not YAML: the character U+{error.character:04X} isn't allowed"
        raise RefusedTextError(message, *place(text, error.position)) from None
    except (
        AssertionError,
        OverflowError,
        ValueError,
    ):  # how the parser in Python meets "\UFFFFFFFF", or a second %YAML
        message = "not YAML: a character or directive after this is invalid"
        mark = last and last.start_mark
        raise RefusedTextError(
            message, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1
        ) from None


def _of_libyaml(text: str) -> Iterator[Event]:
    parser = _fast_parser()(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


def _of_python(text: str) -> Iterator[Event]:
    reader = YAML(typ="safe", pure=True)
    reader.Scanner = _Scanner
    yield from reader.parse(text)
