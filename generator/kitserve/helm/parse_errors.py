"""A parser's error for people: the place of the mistake, and its probable cause."""

import re

from ruamel.yaml.error import MarkedYAMLError

from kitserve.helm.nodes import TEMPLATE, RefusedTextError

# Parts of the parsers' messages, and hints at the usual mistakes.
_HINTS = {
    "mapping values are not allowed": "quote a text that contains a colon and a blank, and check the line above",
    "sequence entries are not allowed": "begin a list on a line of its own",
    "could not find expected ':'": "put a colon and a blank after the key, or check the line's indentation",
    "unexpected end of stream": "close the quote",
    "unexpected document separator": "close the quote",
    "cannot start any token": "write it in quotes if it is text",
    "expected <block end>": "check the indentation of this line and of those above it",
    "expected '<document start>'": "indent this line like the first",
    "expected ',' or": "close the bracket or brace, or put a comma between two entries",
    "unknown escape character": "write two backslashes, or the text in single quotes",
    "expected a comment or a line break": "begin the text on the next line",
    "chomping or indentation indicators": "write it in quotes if it is text",
    "while scanning an alias": "write it in quotes if it is text",
    "while scanning an anchor": "write it in quotes if it is text",
}
# The parsers notice these later than at their beginning.
_BEGIN_EARLIER = ("quoted scalar", "a simple key")


def refusal(error: MarkedYAMLError, text: str) -> RefusedTextError:
    """Return the error for a text that one of ruamel's parsers can't read."""
    begins = error.context_mark if str(error.context).endswith(_BEGIN_EARLIER) else None
    mark = begins or error.problem_mark or error.context_mark
    reason = ", ".join(filter(None, (error.context, error.problem)))
    hint = _hint(reason, text, mark.index)
    return RefusedTextError(f"not YAML: {_without_text(reason, text)}", mark.line + 1, mark.column + 1, hint)


def _hint(reason: str, text: str, index: int) -> str:
    line = text[text.rfind("\n", 0, index) + 1 :].partition("\n")[0]
    if text[index : index + 1] == "\t":
        return "write spaces instead of the tab"
    if "{{" in line:
        return TEMPLATE
    return next((hint for part, hint in _HINTS.items() if part in reason), "")


def _without_text(reason: str, text: str) -> str:
    """Return the parser's reason without its quotes from the text: a tag's handle may be the start of a password."""
    return re.sub(
        "'([^']*)'", lambda quoted: "here" if len(quoted[1]) > 1 and quoted[1] in text else quoted[0], reason
    )
