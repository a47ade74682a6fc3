"""The quick answer to whether values are valid is jsonschema's answer."""

from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft7Validator
from kitserve.check.schema.fast_schema import accepts
from kitserve.values.schema import schema

from tests.parity.values_strategy import damaged, whole

VALIDATOR = Draft7Validator(schema())


@given(whole() | damaged())
def test_drawn_values_are_judged_alike(values: dict[str, Any]) -> None:
    assert accepts(schema(), values) == VALIDATOR.is_valid(values)


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"type": "boolean"}, 1),
        ({"type": "integer"}, True),
        ({"type": "integer"}, 1.0),
        ({"type": "integer"}, 1.5),
        ({"type": "number"}, "1"),
        ({"type": "string"}, None),
        ({"type": "string", "enum": ["", "a"]}, "b"),
        ({"type": "string", "pattern": "^[a-z]*$"}, "A"),
        ({"type": "string", "maxLength": 2}, "éé"),
        ({"type": "string", "maxLength": 2}, "ééé"),
        ({"type": "integer", "minimum": 0}, -1),
        ({"type": "integer", "maximum": 3}, 3),
        ({"type": "array", "uniqueItems": True}, ["a", "b", "a"]),
        ({"type": "array", "items": {"type": "string"}}, ["a", 1]),
        ({"type": "object", "required": ["a"]}, {"b": 1}),
        ({"type": "object", "additionalProperties": False, "patternProperties": {"^a": {}}}, {"ab": 1}),
        ({"type": "object", "additionalProperties": False, "patternProperties": {"^a": {}}}, {"ba": 1}),
        ({"type": "object", "additionalProperties": {"type": "string"}}, {"a": 1}),
        ({"type": "object"}, {"a": [None, {}]}),
    ],
)
def test_each_keyword_is_judged_alike(node: dict[str, Any], value: object) -> None:
    assert accepts(node, value) == Draft7Validator(node).is_valid(value)
