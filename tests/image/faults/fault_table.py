"""The rows of docs/reference/faults.md: each test says which are its own."""

from collections.abc import Mapping

import pytest

ROWS: dict[str, int] = {}
"""Fault as the page calls it -> exit code, of the test modules that pytest has collected."""


def row(fault: str, code: int) -> pytest.MarkDecorator:
    """The test of this fault, which gets the exit `code` that it has to assert."""
    ROWS[fault] = code
    return pytest.mark.parametrize("code", [code], ids=[fault])


def rows(codes: Mapping[str, int]) -> pytest.MarkDecorator:
    """The test of these faults, which gets each `fault` and its exit `code`."""
    ROWS.update(codes)
    return pytest.mark.parametrize(("fault", "code"), codes.items(), ids=codes)
