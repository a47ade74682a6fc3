"""Manifests as YAML: what is written is read back as the same, by Helm's rules of reading."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kitserve.helm.document import parse
from kitserve.render.yaml_writer import dump

from tests.parity.values_strategy import TEXT

TEXTS = TEXT | st.text(max_size=5)
ANY = st.recursive(
    TEXTS | st.booleans() | st.none() | st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


def read(text: str) -> object:
    document = parse("written", text)
    assert not [problem for problem in document.problems if problem.severity == "error"], text
    return document.data


@given(st.dictionaries(TEXTS, ANY, min_size=1, max_size=3))
def test_what_is_written_is_read_back(item: dict[str, Any]) -> None:
    assert read(dump(item)) == item


@pytest.mark.parametrize(
    "word", ["yes", "No", "on", "y", "0123", "1e3", "1_000", "12:30:45", "~", "<<", "=", "null"]
)
def test_words_of_yaml_1_1_are_quoted(word: str) -> None:
    assert dump({"a": word, word: "b"}) == f'---\na: "{word}"\n"{word}": b\n'


def test_layout_is_that_of_kubernetes_manifests() -> None:
    item = {"a": {"b": [{"c": 1, "d": [True, []]}, [None, "x"], {}]}, "e": {}, "f": "kit://host:5000/name:v1"}

    assert dump(item) == (
        "---\n"
        "a:\n  b:\n    - c: 1\n      d:\n        - true\n        - []\n    - - null\n      - x\n    - {}\n"
        "e: {}\n"
        "f: kit://host:5000/name:v1\n"
    )


def test_a_long_key_is_read_back() -> None:
    item = {"k" * 2000: {"a": 1}, "b": {"k" * 1500: "v"}}

    assert read(dump(item)) == item
