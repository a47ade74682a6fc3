"""A YAML parser's events, restricted to what Helm's reader accepts (YAML 1.1 with libyaml's grammar)."""

from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    Event,
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.parser import Parser
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scanner import Scanner

from kitserve.helm.limits import place, refuse_event, refuse_text
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
    return YAML(typ="safe").Parser is not Parser


def parse_events(text: str, *, fast: bool) -> Iterator[Event]:
    """Yield the events of all documents, from libyaml or from ruamel's parser in Python. Raises RefusedTextError."""
    refuse_text(text, fast=fast)
    flows: list[bool] = []
    for event in _events(text, fast=fast):
        refuse_event(event, text, in_flow=bool(flows) and flows[-1])
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            flows.append(bool(event.flow_style))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            flows.pop()
        yield event


def _events(text: str, *, fast: bool) -> Iterator[Event]:
    line = column = 1
    reader = YAML(typ="safe", pure=not fast)
    if not fast:
        reader.Scanner = _Scanner
    try:
        for event in reader.parse(text):
            line, column = event.start_mark.line + 1, event.start_mark.column + 1
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
        raise RefusedTextError(message, line, column) from None
