"""The schema's dialect: what every engine that reads it takes for the same."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from codegen.definition.values import Values
from jsonschema import Draft7Validator
from kitserve.values.schema import defaults, schema
from ruamel.yaml import YAML

from tests.cases import REPOSITORY

# Keywords that Helm's engines and ours judge alike, or that only tell something; test_editors.py looks at definitions.
KEYWORDS = {
    "type", "enum", "pattern", "maxLength", "minimum", "maximum", "uniqueItems", "required", "properties",
    "patternProperties", "additionalProperties", "items", "description", "default", "title", "examples",
    "$schema", "$id", "$comment", "definitions", "allOf",
}  # fmt: skip


def schemas(node: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema in a schema, with its path."""
    yield path, node
    for keyword in ("properties", "patternProperties"):
        for name, child in node.get(keyword, {}).items():
            yield from schemas(child, f"{path}.{name}")
    for keyword in ("items", "additionalProperties"):
        if isinstance(node.get(keyword), dict):
            yield from schemas(node[keyword], f"{path}[]")


ALL = list(schemas(schema()))
PATTERNS = sorted(
    {node["pattern"] for _, node in ALL if "pattern" in node}
    | {pattern for _, node in ALL for pattern in node.get("patternProperties", {})}
)


def test_is_a_schema() -> None:
    Draft7Validator.check_schema(schema())


@pytest.mark.parametrize(("path", "node"), ALL, ids=[path for path, _ in ALL])
def test_keywords_are_those_that_engines_agree_on(path: str, node: dict[str, Any]) -> None:
    assert not set(node) - KEYWORDS, path


@pytest.mark.parametrize(("path", "node"), ALL[1:], ids=[path for path, _ in ALL[1:]])
def test_every_value_is_described_once_and_has_one_type(path: str, node: dict[str, Any]) -> None:
    assert isinstance(node["type"], str), path
    assert node.get("description") or path.endswith("[]"), path


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_are_anchored_and_use_no_class_that_engines_read_differently(pattern: str) -> None:
    assert pattern.startswith("^")
    assert pattern.endswith("$")
    assert not re.search(r"\\[dDwWsSbB]|\(\?", pattern)


def test_values_yaml_is_the_defaults() -> None:
    assert YAML(typ="safe").load(REPOSITORY / "chart" / "values.yaml") == defaults()


def test_the_defaults_are_valid() -> None:
    assert not list(Draft7Validator(schema()).iter_errors(defaults()))
    Values.model_validate(defaults())


def test_absent_means_empty_whatever_the_default() -> None:
    empty = Values.model_validate({})

    assert empty.image.repository == ""
    assert empty.clusterStorageContainer.create is False
    assert empty.resources == {}
