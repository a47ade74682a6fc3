"""Fields as `managedFields` names them: which ones two sets share, and an object without some."""

from typing import Any

import pytest
from kitserve.drift.field_sets import common, union, without

NOTHING: dict[str, Any] = {}
ENV = {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
A, B = 'k:{"name":"A"}', 'k:{"name":"B"}'
OWNED_ENV: dict[str, Any] = {
    "f:env": {".": {}, A: {".": {}, "f:name": {}, "f:value": {}}, B: {".": {}, "f:name": {}, "f:value": {}}}
}
PORTS = {"ports": [{"containerPort": 80, "protocol": "TCP"}, {"containerPort": 80, "protocol": "UDP"}]}

WITHOUT: dict[str, tuple[Any, dict[str, Any], dict[str, Any], Any]] = {
    "a field": ({"a": 1, "b": 2}, {"f:a": {}, "f:b": {}}, {"f:a": {}}, {"a": 1}),
    "a field that is kept": ({"a": 1}, {"f:a": {}}, {"f:a": {}}, {"a": 1}),
    "a field within": (
        {"a": {"b": 1, "c": 2}},
        {"f:a": {"f:b": {}, "f:c": {}}},
        {"f:a": {"f:c": {}}},
        {"a": {"c": 2}},
    ),
    "the last field of a map": ({"a": {"b": 1}, "c": 2}, {"f:a": {"f:b": {}}}, NOTHING, {"c": 2}),
    "the last field of a map that is kept": ({"a": {"b": 1}}, {"f:a": {"f:b": {}}}, {"f:a": {}}, {"a": {}}),
    "a map of which others have a field": (
        {"a": {"b": 1, "c": 2}},
        {"f:a": {"f:b": {}}},
        NOTHING,
        {"a": {"c": 2}},
    ),
    "a map that is owned itself": ({"a": {"b": 1, "c": 2}}, {"f:a": {".": {}, "f:b": {}}}, NOTHING, {}),
    "a list's item by its name": (
        ENV,
        OWNED_ENV,
        {"f:env": {A: {"f:name": {}, "f:value": {}}}},
        {"env": ENV["env"][:1]},
    ),
    "all items": ({**ENV, "x": 1}, OWNED_ENV, NOTHING, {"x": 1}),
    "a field of an item": (
        {"env": [{"name": "A", "value": "1", "valueFrom": {"x": 1}}]},
        {"f:env": {A: {"f:name": {}, "f:value": {}}}},
        {"f:env": {A: {"f:name": {}}}},
        {"env": [{"name": "A", "valueFrom": {"x": 1}}]},
    ),
    "an item by two keys": (
        PORTS,
        {"f:ports": {'k:{"containerPort":80,"protocol":"UDP"}': {".": {}, "f:containerPort": {}}}},
        {"f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': {}}},
        {"ports": PORTS["ports"][:1]},
    ),
    "an item by its value": ({"a": ["x", "y"]}, {"f:a": {'v:"x"': {}}}, {"f:a": {'v:"y"': {}}}, {"a": ["y"]}),
    "an item by its index": ({"a": ["x", "y"]}, {"f:a": {"i:1": {}}}, {"f:a": {}}, {"a": ["x"]}),
    "a whole list": ({"a": ["x", "y"], "b": 1}, {"f:a": {}}, NOTHING, {"b": 1}),
    "a key with a colon": ({"a:b": 1, "c": 2}, {"f:a:b": {}}, NOTHING, {"c": 2}),
    "what isn't there": ({"a": 1}, {"f:b": {}, "f:a": {"f:c": {}}, A: {}, "v:1": {}}, {"f:a": {}}, {"a": 1}),
    "what no set says": (
        {"a": [1]},
        {"": {}, "f": {}, "f:a": {"k:{": {}, "k:[1]": {}, "i:x": {}}},
        {"f:a": {}},
        {"a": [1]},
    ),
}


@pytest.mark.parametrize(("item", "fields", "kept", "left"), WITHOUT.values(), ids=WITHOUT)
def test_an_object_without_fields(item: Any, fields: dict[str, Any], kept: dict[str, Any], left: Any) -> None:  # noqa: ANN401
    assert without(item, fields, kept) == left


def test_nothing_is_changed_in_place() -> None:
    item = {"a": {"b": 1}}
    without(item, {"f:a": {"f:b": {}}}, NOTHING)

    assert item == {"a": {"b": 1}}


COMMON: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "none": ({"f:a": {}}, {"f:b": {}}, 0),
    "some": ({"f:a": {}, "f:b": {}, "f:c": {}}, {"f:b": {}, "f:c": {}}, 2),
    "within": ({"f:a": {"f:b": {}, "f:c": {}}}, {"f:a": {".": {}, "f:b": {}}}, 1),
    "not themselves": ({".": {}}, {".": {}}, 0),
    "all of a field": ({"f:a": {}}, {"f:a": {"f:b": {}}}, 1),
}


@pytest.mark.parametrize(("one", "other", "count"), COMMON.values(), ids=COMMON)
def test_how_many_fields_two_sets_share(one: dict[str, Any], other: dict[str, Any], count: int) -> None:
    assert common(one, other) == common(other, one) == count


def test_the_fields_of_two_sets() -> None:
    one: dict[str, Any] = {"f:a": {"f:b": {}}, "f:c": {}}
    other: dict[str, Any] = {"f:a": {"f:d": {}}, "f:c": {"f:e": {}}}

    assert union(one, other) == {"f:a": {"f:b": {}, "f:d": {}}, "f:c": {"f:e": {}}}
