"""Our reader of regular expressions agrees with Go's."""

import json
import random
from pathlib import Path

import pytest
from kitserve.check.object_rules import go_regexp

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
)
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


def patterns() -> list[str]:
    chosen = random.Random(1)  # noqa: S311 - patterns, no secrets
    made = ["".join(chosen.choices(PARTS, k=chosen.choice((2, 2, 3, 4, 5)))) for _ in range(4000)]
    return [*PARTS, *dict.fromkeys(made)]


def test_go_reads_the_same_patterns(tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text(PROGRAM)
    tried = patterns()
    (tmp_path / "patterns.json").write_text(json.dumps(tried))
    read = json.loads(tools.go().run("run", "main.go", "patterns.json", folder=tmp_path))

    assert {pattern for pattern in tried if not go_regexp.fault(pattern)} == {
        pattern for pattern, is_read in zip(tried, read, strict=True) if is_read
    }


@pytest.mark.parametrize("pattern", ["^kit://(?!a)", "(a)\\1", "a{1,1001}", "(?<=a)b", "a**", "(", "[b-a]"])
def test_a_fault_is_said_in_words(pattern: str) -> None:
    assert go_regexp.fault(pattern)
