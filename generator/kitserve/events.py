"""What a YAML parser sees in a text, less what Helm's reader refuses (YAML 1.1, as libyaml's grammar has it)."""

import re
from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import Event, NodeEvent, ScalarEvent
from ruamel.yaml.parser import Parser
from ruamel.yaml.reader import ReaderError

from kitserve.nodes import RefusedTextError

_DIRECTIVE = r"%(?:YAML[ \t]+1\.1\b|TAG[ \t])"
_OTHER_DIRECTIVE = re.compile(rf"(?:{_DIRECTIVE}.*\r?\n|[ \t]*(?:#.*)?\r?\n)*(?!{_DIRECTIVE})%")
_OTHER_LINE_END = re.compile("[\x85\u2028\u2029]")
_ANCHOR = re.compile(r"[-_a-zA-Z0-9]+")
# Of JSON, but not of YAML 1.1: an escaped slash, and characters in two halves.
_OTHER_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\(/|u[dD][89a-fA-F])")


def has_fast_parser() -> bool:
    """Whether ruamel.yaml.clib is installed, ruamel's binding of libyaml."""
    return YAML(typ="safe").Parser is not Parser


def parse_events(text: str, *, fast: bool) -> Iterator[Event]:
    """The events of all documents, from libyaml or from ruamel's parser in Python. Raises RefusedTextError."""
    _refuse_directive(text)
    if not fast:
        _refuse_line_end(text)
    for event in _events(text, fast=fast):
        if isinstance(event, NodeEvent):
            _refuse_name(event)
        if isinstance(event, ScalarEvent) and event.style == '"':
            _refuse_escape(event, text)
        yield event


def _events(text: str, *, fast: bool) -> Iterator[Event]:
    line = column = 1
    try:
        for event in YAML(typ="safe", pure=not fast).parse(text):
            line, column = event.start_mark.line + 1, event.start_mark.column + 1
            yield event
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = _without_text(", ".join(filter(None, (error.context, error.problem))), text)
        hint = "write spaces instead of the tab" if text[mark.index : mark.index + 1] == "\t" else ""
        raise RefusedTextError(f"not YAML: {reason}", mark.line + 1, mark.column + 1, hint) from None
    except ReaderError as error:
        message = f"not YAML: the character U+{error.character:04X} isn't allowed"
        raise RefusedTextError(message, *_place(text, error.position)) from None
    except (
        AssertionError,
        OverflowError,
        ValueError,
    ):  # how the parser in Python meets "\UFFFFFFFF", or a second %YAML
        message = "not YAML: a character or directive after this isn't one"
        raise RefusedTextError(message, line, column) from None


def _without_text(reason: str, text: str) -> str:
    """The parser's reason less what it quotes of the text: a tag's handle may be the start of a password."""
    return re.sub("'([^']{2,})'", lambda quoted: "here" if quoted[1] in text else quoted[0], reason)


def _place(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _refuse_directive(text: str) -> None:
    if directive := _OTHER_DIRECTIVE.match(text):
        message = "Helm knows the directives %YAML 1.1 and %TAG, and this is neither"
        raise RefusedTextError(message, *_place(text, directive.end() - 1))


def _refuse_line_end(text: str) -> None:
    """The parser in Python is of YAML 1.2, where these end no line."""
    if end := _OTHER_LINE_END.search(text):
        code = f"{ord(end[0]):04X}"
        message, hint = f"readers differ on whether U+{code} ends a line", f"write \\u{code} in double quotes"
        raise RefusedTextError(message, *_place(text, end.start()), hint)


def _refuse_name(event: NodeEvent) -> None:
    place = (event.start_mark.line + 1, event.start_mark.column + 1)
    if event.anchor and not _ANCHOR.fullmatch(event.anchor):
        raise RefusedTextError("Helm's anchors are of letters, digits, - and _", *place)
    tag = str(getattr(event, "tag", None) or "")
    if tag == "!!" or "#" in tag:
        raise RefusedTextError("Helm's tags have a name, and no # in it", *place)


def _refuse_escape(event: ScalarEvent, text: str) -> None:
    if escape := _OTHER_ESCAPE.search(text[event.start_mark.index : event.end_mark.index]):
        message = f"Helm doesn't know the escape \\{escape[1]} in this text"
        raise RefusedTextError(message, event.start_mark.line + 1, event.start_mark.column + 1)
