"""Texts that Helm's reader of YAML refuses and other parsers accept."""

import re

from ruamel.yaml.events import NodeEvent, ScalarEvent

from kitserve.helm.nodes import QUOTE, RefusedTextError

_DIRECTIVE = re.compile(r"(?:[ \t]*(?:#.*)?\r?\n)*%")
_SEPARATOR = re.compile(r"^---(?![ \t\r]*(?:#.*)?$)", re.MULTILINE)
_OTHER_LINE_END = re.compile("[\x85\u2028\u2029]")
_ANCHOR = re.compile(r"[-_a-zA-Z0-9]+")
# Escapes of JSON that YAML 1.1 lacks: an escaped slash, and halves of surrogate pairs.
_OTHER_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\(/|(?:u|U0000)[dD][89a-fA-F])")
# ruamel takes the square of a tag's length.
_LONGEST_TAG = 100_000
_TAG = re.compile(r"(?<![^\s\[\]{},])!")
_MEASURED_BLOCK = re.compile(r"[|>][-+]?[1-9]")


def refuse_text(text: str, *, fast: bool) -> None:
    """Raise RefusedTextError for what is visible before libyaml (`fast`) or Python parses the text."""
    if directive := _DIRECTIVE.match(text):
        message = "Helm 4 doesn't read directives, which begin with %"
        raise RefusedTextError(message, *place(text, directive.end() - 1))
    if separator := _SEPARATOR.search(text):
        message = "Helm 4 reads a line that begins with --- as a separator only"
        hint = "put the rest on a line of its own, or in quotes"
        raise RefusedTextError(message, *place(text, separator.start()), hint)
    for run in text.split() if len(text) > _LONGEST_TAG else ():
        if len(run) > _LONGEST_TAG and (tag := _TAG.search(run, 0, len(run) - _LONGEST_TAG)):
            message = f"a tag of more than {_LONGEST_TAG} characters"
            raise RefusedTextError(message, *place(text, text.index(run) + tag.start()), QUOTE)
    if (index := text.find("\n\ufeff")) >= 0:
        message = "a byte order mark begins this line: two files were joined here without a separator"
        raise RefusedTextError(message, *place(text, index + 1), "put a line with --- between them")
    if (index := text.find("\r\r\n")) >= 0:
        message = "Helm 3 and Helm 4 read this end of a line differently"
        hint = "save the file with one kind of line ends"
        raise RefusedTextError(message, *place(text, index), hint)
    # The parser in Python reads YAML 1.2, in which these don't end a line.
    if not fast and (end := _OTHER_LINE_END.search(text)):
        code = f"{ord(end[0]):04X}"
        message, hint = (
            f"readers disagree about whether U+{code} ends a line",
            f"write \\u{code} in double quotes",
        )
        raise RefusedTextError(message, *place(text, end.start()), hint)


def place(text: str, index: int) -> tuple[int, int]:
    """Return line and column of a character, from 1."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def refuse_name(event: NodeEvent, line: int, column: int) -> None:
    """Raise RefusedTextError for an anchor or a tag of a node at a place."""
    if event.anchor and not _ANCHOR.fullmatch(event.anchor):
        raise RefusedTextError("Helm's anchors may have only letters, digits, - and _", line, column)
    tag = str(getattr(event, "tag", None) or "")
    if tag == "!!" or "#" in tag:
        raise RefusedTextError("Helm's tags have a name, and no # in it", line, column)


def refuse_scalar(event: ScalarEvent, text: str, line: int, column: int, *, in_flow: bool) -> None:
    """Raise RefusedTextError for a text in quotes, in a block, or (`in_flow`) between brackets, at a place."""
    if event.style == '"' and (
        escape := _OTHER_ESCAPE.search(text[event.start_mark.index : event.end_mark.index])
    ):
        raise RefusedTextError(f"Helm doesn't know the escape \\{escape[1]} in this text", line, column)
    if in_flow and event.implicit[0] and event.value.startswith(":"):
        message = "between brackets Helm refuses a text that begins with a colon and has no quotes"
        raise RefusedTextError(message, line, column, "write it in quotes")
    # Only a digit tells Helm the indentation of a block that begins with a tab.
    is_tabbed = event.style in {"|", ">"} and event.value.lstrip("\n").startswith("\t")
    if is_tabbed and not _MEASURED_BLOCK.match(text, event.start_mark.index):
        message = "Helm can't read a block of text that begins with a tab"
        hint = "write the number of spaces of its indentation, as in |2, or write the text in double quotes"
        raise RefusedTextError(message, line, column, hint)
