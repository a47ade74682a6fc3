"""Our reader of regular expressions agrees with Go's."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from kitserve.check.object_rules import go_regexp
from kitserve.check.object_rules.go_regexp import unicode_classes

from tests.parts import tools

PARTS = (
    *(
        "a",
        "é",
        "^",
        "$",
        ".",
        "*",
        "+",
        "?",
        "{2}",
        "{2,}",
        "{2,3}",
        "{3,2}",
        "{1001}",
        "{,2}",
        "{",
        "}",
        "|",
        "(",
        ")",
    ),
    *(
        "(?:",
        "(?i)",
        "(?i-s:",
        "(?P<n>",
        "(?<n>",
        "(?P<1a>x)",
        "(?P<>x)",
        "(?<=",
        "(?<!",
        "(?=",
        "(?!",
        "(?>",
        "(?#x)",
    ),
    *(
        "(?)",
        "(?-)",
        "(?P=n)",
        "\\1",
        "\\0",
        "\\12",
        "\\8",
        "\\d",
        "\\b",
        "\\A",
        "\\z",
        "\\Z",
        "\\G",
        "\\Q",
        "\\E",
        "\\C",
    ),
    *(
        "\\pL",
        "\\p{Greek}",
        "\\p{Lu}",
        "\\pX",
        "\\P{^Lu}",
        "\\x41",
        "\\x{41}",
        "\\x{110000}",
        "\\xg",
        "\\q",
        "\\.",
        "\\_",
    ),
    *(
        "\\é",
        "[",
        "[^",
        "]",
        "[a-z]",
        "[z-a]",
        "[[:alpha:]]",
        "[[:foo:]]",
        "[^[:digit:]]",
        "[\\d-z]",
        "[a-\\d]",
        "[]a]",
    ),
    *(
        "[a-]",
        "-",
        ":",
        "kit://",
        "https?://(.+)/(.+)",
        "++",
        "*?",
        "??",
        "\\",
        "[\\x41-\\x5a]",
        "[\\pL]",
        "[\\b]",
    ),
    *(
        "{1000}",
        "{01}",
        "{1,02}",
        "{9999999999}",
        "{1,}",
        "{0}",
        "(a{50})",
        "(?i-:",
        "(?--i)",
        "(?<é>",
        "\\Q\\E",
    ),
    *(
        "[[:",
        ":]",
        "[[:a-b:]]",
        "\\x{0000000041}",
        "\\x{}",
        "\\p",
        "\\p{",
        "[٣-a]",
        "{٣}",
        "\\٣",
        "[--a]",
        "[^]]",
    ),
    *(
        "\\p{Foobar}",
        "\\p{ g-Reek_}",
        "\\P{^}",
        "\\p{Old_Italic}",
        "\\pé",
        "[\\p{letter}]",
        "\\p{Gree\u212a}",
    ),
)
LIMITS = {
    "a thousand times a thousand": "(a{1000}){1000}",
    "a thousand in all": "((a{10}){10}){10}",
    "1024 in all": "((((((((((a{2}){2}){2}){2}){2}){2}){2}){2}){2}){2})",
    "twice the largest count, side by side": "a{1000}b{1000}",
    "copies beside the largest": "(?:a{1000}|b){2}",
    "none of too many": "(?:a{1000}){0}",
    "too many of none": "(?:a{0}){1000}",
    "without an upper bound": "(?:a{501,}){2}",
    "at most": "(?:a{0,501}){2}",
    "a star is no count": "(?:(?:a{1000})*)+",
    "999 groups": "(" * 999 + "a" + ")" * 999,
    "1000 groups": "(" * 1000 + "a" + ")" * 1000,
    "1000 groups that capture nothing": "(?:" * 1000 + "a" + ")" * 1000,
    "999 stars": "(?:" * 999 + "a" + ")*" * 999,
    "1000 stars": "(?:" * 1000 + "a" + ")*" * 1000,
    "sequences between stars": "(?:x" * 500 + "a" + ")*" * 500,
    "choices between stars": "(?:x*|" * 500 + "a" + ")*" * 500,
    "3355 characters a thousand times": "(?:" + "." * 3355 + "){1000}",
    "3356 characters a thousand times": "(?:" + "." * 3356 + "){1000}",
    "3356 letters a thousand times": "(?:" + "a" * 3356 + "){1000}",
    "a choice of letters is one class": "(?:" + "a|" * 5000 + "a){1000}",
    "many large parts": "(ab?c*){1000}" * 1000,
    "many classes": r"\pL" * 25_458,
    "too many classes": r"\pL" * 25_459,
    "a number past Python's": "a{" + "9" * 5000 + "}",
}
PROGRAM = """\
package main

import (
	"encoding/json"
	"os"
	"regexp"
)

func main() {
	content, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var patterns []string
	if err := json.Unmarshal(content, &patterns); err != nil {
		panic(err)
	}
	read := make([]bool, len(patterns))
	for i, pattern := range patterns {
		_, err := regexp.Compile(pattern)
		read[i] = err == nil
	}
	json.NewEncoder(os.Stdout).Encode(read)
}
"""


NAMES = """\
package main

import (
	"encoding/json"
	"os"
	"regexp/syntax"
	"unicode"
)

func main() {
	names := []string{"Any", "Assigned", "ASCII", "Foobar", ""}
	for name := range unicode.Categories {
		names = append(names, name)
	}
	for name := range unicode.Scripts {
		names = append(names, name)
	}
	for name := range unicode.CategoryAliases {
		names = append(names, name)
	}
	runes := map[string]*int{}
	for _, name := range names {
		runes[name] = nil
		if class, err := syntax.Parse(`\\p{`+name+`}`, syntax.Perl); err == nil {
			count := len(class.Rune)
			runes[name] = &count
		}
	}
	json.NewEncoder(os.Stdout).Encode(runes)
}
"""
Compile = Callable[[list[str]], list[bool]]


@pytest.fixture(scope="module")
def go_compiles(tmp_path_factory: pytest.TempPathFactory) -> Compile:
    """Which of some patterns Go reads."""
    folder = tmp_path_factory.mktemp("go")
    (folder / "main.go").write_text(PROGRAM)

    def compile_all(tried: list[str]) -> list[bool]:
        (folder / "patterns.json").write_text(json.dumps(tried))
        read: list[bool] = json.loads(tools.go().run("run", "main.go", "patterns.json", folder=folder))
        return read

    return compile_all


def patterns() -> list[str]:
    chosen = random.Random(1)  # noqa: S311 - patterns, no secrets
    made = ["".join(chosen.choices(PARTS, k=chosen.choice((2, 2, 3, 4, 5)))) for _ in range(4000)]
    return [*PARTS, *dict.fromkeys(made)]


def test_go_reads_the_same_patterns(go_compiles: Compile) -> None:
    tried = patterns()
    read = go_compiles(tried)

    assert {pattern for pattern in tried if not go_regexp.fault(pattern)} == {
        pattern for pattern, is_read in zip(tried, read, strict=True) if is_read
    }


def test_go_has_the_same_limits(go_compiles: Compile) -> None:
    read = go_compiles([*LIMITS.values()])

    assert {name for name, pattern in LIMITS.items() if not go_regexp.fault(pattern)} == {
        name for name, is_read in zip(LIMITS, read, strict=True) if is_read
    }


def test_go_knows_the_same_classes_of_characters(tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text(NAMES)
    known = json.loads(tools.go().run("run", "main.go", folder=tmp_path))

    assert {name: unicode_classes.runes(name) for name in known} == known
    assert {unicode_classes.spelling(name) for name, runes in known.items() if runes is not None} == {
        *unicode_classes.RUNES
    }


@pytest.mark.parametrize(
    "pattern",
    [
        *("^kit://(?!a)", "(a)\\1", "a{1,1001}", "(?<=a)b", "a**", "(", "[b-a]"),
        *(r"\p{Foobar}", "(a{1000}){1000}", r"\Q\E*", "[[:a-b:]]"),
    ],
)
def test_a_fault_is_said_in_words(pattern: str) -> None:
    assert go_regexp.fault(pattern)
