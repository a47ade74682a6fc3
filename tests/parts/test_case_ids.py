"""Cases of tests are named after what is in them."""

import signal
from typing import Any

import pytest
from kitserve.check.codes import CODES

from tests.case_ids import WIDTH, case_id


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"kind": "Secret", "data": {}}, "Secret"),
        ({"a": [1, None]}, '{"a": [1, null]}'),
        (("a", 1), '["a", 1]'),
        ({"b", "a"}, "a b"),
        (set(), "none"),
        (CODES[0], CODES[0].code),
        ([CODES[0]], f'["{CODES[0].code}"]'),
        (object(), "object"),
        ("a: 1\nb: 2\n", "a: 1 | b: 2"),
        ("\x1b[31m", "[31m"),
        ("x" * 1000, "x" * WIDTH + "..."),
        (b"x" * 1000, "x" * WIDTH + "..."),
        (signal.SIGTERM, "SIGTERM"),
    ],
    ids=[
        "manifest",
        "map",
        "tuple",
        "set",
        "empty set",
        "code",
        "codes",
        "object",
        "lines",
        "escape",
        "long",
        "bytes",
        "enumeration",
    ],
)
def test_a_name_is_short_and_of_what_is_in_it(value: Any, name: str) -> None:  # noqa: ANN401
    found = case_id(value)

    assert found
    assert found.strip() == name


@pytest.mark.parametrize("value", ["text", 1, 1.5, True, None, b"x", len, str])
def test_what_pytest_names_well_it_names(value: object) -> None:
    assert case_id(value) is None
