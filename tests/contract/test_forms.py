"""Every pattern that a message may be about has words, and the example in them fits."""

import re
from collections.abc import Iterator

import pytest
from kitserve.crds import structures
from kitserve.forms import form, patterns
from kitserve.values.schema import schema


def of_values(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        yield from (
            node.get("patternProperties", {}) if isinstance(node.get("patternProperties"), dict) else ()
        )
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from of_values(child)


def of_kinds() -> Iterator[str]:
    """The patterns of all structures of all versions."""
    seen: set[int] = set()
    waiting = [node for version in structures.versions() for node in structures.kinds(version).values()]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.pattern:
            yield node.pattern
        waiting += [*node.properties.values(), *filter(None, (node.items, node.extra))]


USED = sorted({*of_values(schema()), *of_kinds()})


def test_every_pattern_has_words_and_no_other_has() -> None:
    assert set(patterns()) == set(USED)


@pytest.mark.parametrize("pattern", USED)
def test_the_examples_fit(pattern: str) -> None:
    words = form(pattern)
    examples = re.findall("`([^`]+)`", words.partition("such as ")[2])

    assert pattern not in words
    assert examples
    for example in examples:
        assert re.search(pattern, example), example
