"""What is no YAML is told where the mistake was made, with what it may be."""

import pytest
from kitserve.helm import codes
from kitserve.helm.document import parse

MISTAKES = {
    "image:\n  tag: v1\n   pullPolicy: Always\n": ("3:14", "quote a text that contains a colon"),
    "image:\n  tag: {{ .Values.tag }}\n  b: {{- c }}\n": ("3:8", "this may be a template"),
    "a: b\nimage\nproxy: {}\n": ("2:1", "put a colon and a blank after the key"),
    "a: 'b\nc: d\n": ("1:4", "close the quote"),
    'a: "b\n---\nc: d\n': ("1:4", "close the quote"),
    "a: @b\n": ("1:4", "write it in quotes"),
    "a:\n  - b\n c: d\n": ("3:2", "check the indentation of this line"),
    "  a: b\nc: d\n": ("2:1", "indent this line like the first"),
    "a: [b\nc: d\n": ("2:2", "close the bracket or brace"),
    "a: {b: c d: e}\n": ("1:11", "close the bracket or brace"),
    'a: "\\d+"\n': ("1:4", "write two backslashes"),
    "a: | b\n": ("1:6", "begin the text on the next line"),
    "a: - b\n": ("1:4", "begin a list on a line of its own"),
    "a:\n\tb: c\n": ("2:1", "write spaces instead of the tab"),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.items())
def test_mistake_is_told(text: str, expected: tuple[str, str]) -> None:
    place, hint = expected

    (problem,) = parse("f", text).problems

    assert (problem.code, str(problem.position)) == (codes.SYNTAX.code, f"f:{place}")
    assert problem.hint.startswith(hint)


def test_words_of_the_parser_stay_whole() -> None:
    (problem,) = parse("f", "a: [this or that\nb: c\n").problems

    assert problem.message.endswith("expected ',' or ']', but got ':'")
