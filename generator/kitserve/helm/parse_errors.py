"""A parser's error for people: the place of the mistake, and its probable cause."""

import re

from ruamel.yaml.error import MarkedYAMLError

from kitserve.forms import TEMPLATE
from kitserve.helm.nodes import RefusedTextError

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
_SENTENCES = {
    "mapping values are not allowed": "a colon stands where none can",
    "could not find expected ':'": "this key has no colon behind it",
    "a quoted scalar, found unexpected": "this quote isn't closed",
    "expected <block end>": "this line isn't indented like those that it belongs to",
    "expected '<document start>'": "this line begins further left than the first",
    "sequence entries are not allowed": "a list can't begin here",
    "while scanning an alias": "a * begins an alias, and none is named",
    "cannot start any token": "no text begins with this character",
}
"""Parts of the parsers' messages, and what they mean in plain words."""
_NO_BREAK = "\u00a0"
# The parsers notice these later than at their beginning.
_BEGIN_EARLIER = ("quoted scalar", "a simple key")


_WORD = re.compile(r"([ \t]*(?:- +)?)[A-Za-z][\w.$ -]*")


def refusal(error: MarkedYAMLError, text: str) -> RefusedTextError:
    """Return the error for a text that one of ruamel's parsers can't read."""
    begins = error.context_mark if str(error.context).endswith(_BEGIN_EARLIER) else None
    mark = begins or error.problem_mark or error.context_mark
    reason = ", ".join(filter(None, (error.context, error.problem)))
    if "mapping values" in reason and (line := _without_colon(text, mark.line)):
        message, hint = "not YAML: this line has no colon", "put a colon and a blank after the key"
        return RefusedTextError(message, mark.line, line, hint)
    sentence, hint = _sentence(reason, text, mark.index), _hint(reason, text, mark.index)
    return RefusedTextError(f"not YAML: {sentence}", mark.line + 1, mark.column + 1, hint)


def _without_colon(text: str, line: int) -> int:
    """Return the column of a line's word, from 1, if the line has nothing else; 0 if it has, or isn't there."""
    above = text.split("\n", line)[line - 1] if line else ""
    word = _WORD.fullmatch(above)
    return len(word[1]) + 1 if word else 0


def _sentence(reason: str, text: str, index: int) -> str:
    if text[index : index + 1] == "\t":
        return "a tab stands where YAML allows only spaces"
    line = text[text.rfind("\n", 0, index) + 1 :].partition("\n")[0]
    if "{{" in line or "{%" in line:
        return "this line isn't, before it is rendered"
    plain = next((sentence for part, sentence in _SENTENCES.items() if part in reason), "")
    return plain or _without_text(reason, text)


def _hint(reason: str, text: str, index: int) -> str:
    line = text[text.rfind("\n", 0, index) + 1 :].partition("\n")[0]
    if text[index : index + 1] == "\t":
        return "write spaces instead of the tab"
    if "{{" in line or "{%" in line:
        return TEMPLATE
    if _NO_BREAK in line:
        return "this line has a no-break space (U+00A0): write a blank instead"
    return next((hint for part, hint in _HINTS.items() if part in reason), "")


def _without_text(reason: str, text: str) -> str:
    """Return the parser's reason without its quotes from the text: a tag's handle may be the start of a password."""
    return re.sub(
        "'([^']*)'", lambda quoted: "here" if len(quoted[1]) > 1 and quoted[1] in text else quoted[0], reason
    )
